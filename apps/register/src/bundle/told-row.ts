import { type LoggedReader, readerShown, type ShownReader } from '../access-log/reader-shown.js';
import type { Provenance } from '../customers/provenance.js';
import type { RecipientView } from '../disclosures/disclosures.schemas.js';
import { CONTACT } from '../requests/request.row.js';
import { type TableAnnotation, toldColumns } from '../personal-data/annotation.js';
import type { BundleRow } from './bundle.schemas.js';

/** Who is known by name, and how recipients are shown. */
export interface Tellers {
  readonly customerId: string;
  readonly actors: ReadonlyMap<string, LoggedReader>;
  recipient(id: string): RecipientView;
  /** What is kept sealed of her. */
  opened(sealed: Buffer): string[];
}

/** Programs of the register itself that act without a token. */
const OWN_PROGRAMS: ReadonlySet<string> = new Set(['retention']);

/**
 * Who did something, as the person is told it. Most tables keep the bare name: one that is neither her own id nor known to be a
 * program's counts as an employee's and is not told.
 * @param kind as the table itself says, if it does
 */
export function actorShown(text: string, { customerId, actors }: Pick<Tellers, 'customerId' | 'actors'>, kind?: unknown): ShownReader {
  const name = text.replace(/^(program|staff):/, '');
  if (kind === 'customer' || name === 'customer' || name === customerId) return readerShown({ kind: 'customer', name, roles: [] }, 'person');
  if (name === CONTACT) return readerShown({ kind: 'staff', name, roles: ['data-protection'] }, 'person');
  const known = actors.get(name);
  if (kind === 'program' || known?.kind === 'program' || (known === undefined && OWN_PROGRAMS.has(name))) return readerShown({ kind: 'program', name, roles: [] }, 'person');
  return readerShown({ kind: 'staff', name, roles: known?.roles ?? [] }, 'person');
}

/** The names in a row of which it has to be known whose they are. */
export function actorsNamed(table: TableAnnotation, row: BundleRow): string[] {
  return toldColumns(table).flatMap(({ name, told: { as } }) => {
    const value = row[name];
    if (as === 'actor' && typeof value === 'string') return [value.replace(/^(program|staff):/, '')];
    if (as === 'sources' && value !== null) return Object.values(value as Provenance).map(({ actor }) => actor);
    return [];
  });
}

/** A row as the database gave it, told: moments in UTC, names of recipients, nobody's name. */
export function toldRow(table: TableAnnotation, row: BundleRow, tellers: Tellers): BundleRow {
  return Object.fromEntries(toldColumns(table).map(({ name, told: { as } }) => {
    const value = row[name];
    if (value === null || value === undefined) return [name, null];
    switch (as) {
      case 'moment': return [name, new Date(value as string).toISOString()];
      case 'actor': return [name, actorShown(value as string, tellers, name === 'actor' ? row['actorKind'] : undefined)];
      case 'recipient': return [name, tellers.recipient(value as string)];
      // As JSON writes a byte string: \x and hexadecimal digits.
      case 'sealed': return [name, tellers.opened(Buffer.from((value as string).slice(2), 'hex'))];
      case 'sources': return [name, sourcesShown(value as Provenance, tellers)];
      default: return [name, value];
    }
  }));
}

function sourcesShown(provenance: Provenance, tellers: Tellers): object {
  return Object.fromEntries(Object.entries(provenance).map(([field, { actor, ...origin }]) => [field, { ...origin, actor: actorShown(actor, tellers) }]));
}
