import type { Channel } from '#contracts/channel.js';
import type { Leaf } from '../audience/condition.js';
import { andInto, type Bitmap } from './bitmap.js';
import type { ContactColumns } from './contact-columns.js';
import type { DictionaryColumn } from './dictionary-column.js';
import type { MomentRange } from './moment-column.js';

/** A leaf whose set of people follows from the columns alone. Moments are ranges of half seconds, see moment-column.ts. */
export type ColumnLeaf =
  | Exclude<Leaf, { readonly kind: 'granted' | 'snapshot' }>
  | { readonly kind: 'since'; readonly channel: Channel; readonly range: MomentRange };

/** The consent itself. */
export const granted = (channel: Channel): ColumnLeaf => ({ kind: 'since', channel, range: { from: -Infinity } });

/** What a leaf asks of the columns; of a snapshot that part which is not its members. */
export function columnLeaf(leaf: Leaf): ColumnLeaf {
  switch (leaf.kind) {
    case 'granted':
      return {
        kind: 'since', channel: leaf.channel,
        range: { from: leaf.from === undefined ? -Infinity : 2 * leaf.from, ...(leaf.before === undefined ? {} : { to: 2 * leaf.before }) },
      };
    case 'snapshot':
      // Given at the whole second itself: not a half second later.
      return { kind: 'since', channel: leaf.channel, range: { from: -Infinity, to: 2 * leaf.takenAt + 1 } };
    default:
      return leaf;
  }
}

/** Two ways to ask the same: of one slot, and of all. */
export interface Question {
  has(slot: number): boolean;
  /** Overwrites `out`, which is as long as the room of the columns. */
  scan(out: Bitmap): void;
}

/** Means what `clauseOf` means by the leaf: what is unknown does not match. */
export function questionOf(columns: ContactColumns, leaf: ColumnLeaf): Question {
  switch (leaf.kind) {
    case 'interests':
      return interests(columns, leaf);
    case 'birthYear': {
      const { from = -Infinity, to = Infinity } = leaf;
      return ofValue(columns.birthYear, (year) => year >= from && year <= to);
    }
    case 'city':
    case 'country':
    case 'language':
    case 'occupation':
      return ofValue(columns[leaf.kind], among(leaf.oneOf));
    case 'postalCodePrefix':
      return ofValue(columns.postalCode, (code) => code.startsWith(leaf.prefix));
    case 'postalCodeRange':
      return ofValue(columns.postalCode, (code) => compareBytes(code, leaf.from) >= 0 && compareBytes(code, leaf.to) <= 0);
    case 'since': {
      const { since } = columns.consents[leaf.channel];
      return { has: (slot) => since.has(slot, leaf.range), scan: (out) => since.scan(leaf.range, out) };
    }
    case 'wording':
      return ofValue(columns.consents[leaf.channel].wording, leaf.version === undefined
        ? (wording) => wording.slice(wording.indexOf(':') + 1) === leaf.id
        : among([`${leaf.version}:${leaf.id}`]));
    case 'source':
      return ofValue(columns.consents[leaf.channel].source, among(leaf.oneOf));
    default:
      return leaf satisfies never;
  }
}

function ofValue<Value extends string | number>(column: DictionaryColumn<Value>, matches: (value: Value) => boolean): Question {
  return {
    has(slot) {
      const value = column.get(slot);
      return value !== undefined && matches(value);
    },
    scan: (out) => column.scan(matches, out),
  };
}

function among(values: readonly string[]): (value: string) => boolean {
  const set = new Set(values);
  return (value) => set.has(value);
}

function interests({ interests: tags }: ContactColumns, { match, codes }: Extract<Leaf, { kind: 'interests' }>): Question {
  if (match === 'any') {
    return {
      has: (slot) => codes.some((code) => tags.has(slot, code)),
      scan(out) {
        out.fill(0);
        for (const code of codes) tags.scanInto(code, out);
      },
    };
  }
  return {
    has: (slot) => codes.every((code) => tags.has(slot, code)),
    scan(out) {
      const one = new Uint32Array(out.length);
      out.fill(0xffff_ffff);
      for (const code of codes) {
        one.fill(0);
        tags.scanInto(code, one);
        andInto(out, one);
      }
    },
  };
}

/** The order of COLLATE "C", which is that of code points. JavaScript's own order puts U+E000… behind what needs two code units. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
