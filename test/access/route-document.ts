import { CUSTOMER_SCOPES, ROLE_SCOPES } from '#register/access/roles.js';
import type { Route } from './routes.js';

export const ROUTES_FILE = 'docs/routes.md';

/** Who may call what, as a table of the document. */
export function accessTable(routes: readonly Route[]): string {
  const rows = routes.map((route) => {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    const named = (scopes: readonly string[]): string => scopes.map((scope) => `\`${scope}\``).join(' and ');
    const scopes = named(route.scopes) + (route.ofField ? `; with \`${route.ofField.field}\` also ${named(route.ofField.scopes)}` : '');
    return `| \`${route.method} ${path}\` | ${route.isPublic ? 'none' : scopes} | ${staffOf(route)} | ${customerOf(route)} |`;
  });
  return ['| call | scope | staff | customer |', '|---|---|---|---|', ...rows].join('\n');
}

function staffOf({ isPublic, scopes }: Route): string {
  if (isPublic) return 'everybody';
  const roles = Object.entries(ROLE_SCOPES).filter(([, held]) => scopes.every((scope) => (held as readonly string[]).includes(scope)));
  return roles.map(([role]) => role).join(', ') || 'nobody';
}

function customerOf({ isPublic, scopes, ownCustomer }: Route): string {
  if (isPublic) return 'everybody';
  return ownCustomer !== undefined && scopes.every((scope) => (CUSTOMER_SCOPES as readonly string[]).includes(scope)) ? 'her own' : 'no';
}

const marks = (service: string): [string, string] => [`<!-- routes of ${service} -->\n`, `\n<!-- end of the routes of ${service} -->`];

/** The table of a service as it stands in the document; empty when there is none. */
export function writtenTable(document: string, service: string): string {
  const [start, end] = marks(service);
  const from = document.indexOf(start);
  const to = document.indexOf(end);
  return from < 0 || to < from ? '' : document.slice(from + start.length, to);
}

/** The document with another table in the place of the one it has. @throws Error when it has none */
export function withTable(document: string, service: string, table: string): string {
  const [start, end] = marks(service);
  const before = start + writtenTable(document, service) + end;
  if (!document.includes(before)) throw new Error(`${ROUTES_FILE} has no place for the routes of ${service}`);
  return document.replace(before, () => start + table + end);
}
