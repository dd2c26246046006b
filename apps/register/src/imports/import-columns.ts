import { CHANNELS } from '#contracts/channel.js';

/** The columns of a file are named as the fields of POST /v1/customers, so that both have one documentation. */
export const PERSON_COLUMNS = [
  'contact.firstName', 'contact.lastName', 'contact.email', 'contact.phone',
  'contact.address.street', 'contact.address.postalCode', 'contact.address.city', 'contact.address.country', 'contact.language',
  'demographics.birthYear', 'demographics.occupation', 'interests', 'source.kind', 'source.citation', 'activeAt',
] as const;
/** Of `consents.<purpose>.<channel>.…` */
export const CONSENT_COLUMNS = [
  'decision', 'decidedAt', 'method', 'form', 'sourceSystem', 'wording.id', 'wording.version', 'wording.language', 'wording.sha256',
] as const;

const REQUIRED = 'source.kind';
const NUMBERS = /\.(birthYear|version)$/;

export interface Column {
  readonly name: string;
  /** Whose consent it is part of, as in `consents.marketing.email`; undefined: it is no part of a consent. */
  readonly consent: string | undefined;
  /** Where the value goes, in the row or in the consent. */
  readonly path: readonly string[];
}

/** What is wrong with a header. It names columns by number: a file without a header begins with somebody's data. */
export type HeaderFault =
  | { readonly kind: 'unknown' | 'twice'; readonly columns: readonly number[] }
  | { readonly kind: 'missing'; readonly names: readonly string[] };

/** @param purposes codes of those that rest on consent */
export function columnsOf(header: readonly string[], purposes: readonly string[]): { readonly columns: Column[] } | { readonly fault: HeaderFault } {
  const names = header.map((name) => name.trim());
  const found = names.map((name) => columnOf(name, purposes));
  const unknown = found.flatMap((column, i) => (column ? [] : [i + 1]));
  if (unknown.length > 0) return { fault: { kind: 'unknown', columns: unknown } };
  const twice = names.flatMap((name, i) => (names.indexOf(name) < i ? [i + 1] : []));
  if (twice.length > 0) return { fault: { kind: 'twice', columns: twice } };
  if (!names.includes('contact.email') && !names.includes('contact.phone')) return { fault: { kind: 'missing', names: ['contact.email', 'contact.phone'] } };
  if (!names.includes(REQUIRED)) return { fault: { kind: 'missing', names: [REQUIRED] } };
  return { columns: found.filter((column) => column !== undefined) };
}

function columnOf(name: string, purposes: readonly string[]): Column | undefined {
  if ((PERSON_COLUMNS as readonly string[]).includes(name)) return { name, consent: undefined, path: name.split('.') };
  const [root, purpose = '', channel = '', ...path] = name.split('.');
  const isConsent = root === 'consents' && purposes.includes(purpose) && (CHANNELS as readonly string[]).includes(channel);
  if (!isConsent || !(CONSENT_COLUMNS as readonly string[]).includes(path.join('.'))) return undefined;
  return { name, consent: `consents.${purpose}.${channel}`, path };
}

/** A row as ImportRowSchema checks it, and under which names its consents and claims stand in the file. */
export interface RawRow {
  readonly value: { readonly customer: object; readonly claims: readonly object[]; readonly activeAt?: unknown };
  readonly consents: readonly string[];
  readonly claims: readonly string[];
}

type Tree = Record<string, unknown>;

/** An empty cell says nothing. A grant of which the file tells no wording at all is a claim. */
export function rowOf(columns: readonly Column[], cells: readonly string[]): RawRow {
  const customer: Tree = { contact: {}, source: {} };
  const consents = new Map<string, Tree>();
  let activeAt: string | undefined;
  for (const [i, { name, consent, path }] of columns.entries()) {
    const cell = (cells[i] ?? '').trim();
    if (cell === '') continue;
    if (name === 'activeAt') activeAt = cell;
    else put(consent === undefined ? customer : consentIn(consents, consent), path, valueOf(name, cell));
  }
  const isClaim = (tree: Tree): boolean => tree['decision'] === 'granted' && tree['wording'] === undefined;
  const [given, claimed] = [[...consents].filter(([, tree]) => !isClaim(tree)), [...consents].filter(([, tree]) => isClaim(tree))];
  customer['consents'] = given.map(([, tree]) => tree);
  return {
    value: { customer, claims: claimed.map(([, tree]) => tree), ...(activeAt === undefined ? {} : { activeAt }) },
    consents: given.map(([name]) => name), claims: claimed.map(([name]) => name),
  };
}

function consentIn(consents: Map<string, Tree>, name: string): Tree {
  const known = consents.get(name);
  if (known) return known;
  const [, purpose, channel] = name.split('.');
  const tree = { purpose, channel };
  consents.set(name, tree);
  return tree;
}

function put(tree: Tree, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) tree[key] = value;
  else put((tree[key] ??= {}) as Tree, rest, value);
}

function valueOf(name: string, cell: string): unknown {
  if (name === 'interests') return cell.split(/[\s,;|]+/).filter((code) => code !== '');
  return NUMBERS.test(name) && /^\d{1,10}$/.test(cell) ? Number(cell) : cell;
}

/** The column that an error's JSON pointer into the checked row means; empty: the row as a whole. */
export function columnAt(pointer: string, { consents, claims }: Pick<RawRow, 'consents' | 'claims'>): string {
  const [, first, ...rest] = pointer.split('/');
  const path = first === 'customer' ? rest : [first ?? '', ...rest];
  const listed = path[0] === 'consents' ? consents : path[0] === 'claims' ? claims : undefined;
  if (listed) return [listed[Number(path[1])] ?? 'consents', ...path.slice(2)].join('.');
  return path[0] === 'interests' ? 'interests' : path.join('.');
}
