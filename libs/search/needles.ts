import { Shape, standsAlone } from './boundaries.js';
import { GroupedPhones } from './grouped-phones.js';
import { FOLDED, PatternIndex } from './pattern-index.js';
import type { Sought, ValueKind } from './sought.js';
import { type Spelling, bytesOf, phoneAsNumber, phoneDigits, spellingsOf, spellingsOfText } from './spellings.js';

/** What of a case was found: one of its values, or a group of texts together. */
export type FoundKind = ValueKind | 'together';

/** Called for every occurrence. @param found index of the case, `at` where in the text */
export type Note = (found: number, kind: FoundKind, at: number) => void;

const SHAPES: Readonly<Record<ValueKind, Shape>> = { email: Shape.EMAIL, phone: Shape.DIGITS, 'customer-id': Shape.UUID, ref: Shape.UUID };
const KINDS: readonly FoundKind[] = ['email', 'phone', 'customer-id', 'ref', 'together'];
/** Worse than anything shared by all of 100,000 cases: a text of three letters stops the search at every third row. */
const TOO_SHORT = 1_000_000;
const CASES_A_TURN = 500;
/** In a very long line texts count together when they stand at most this many bytes from the rarest of them. */
export const TOGETHER_WITHIN = 16_384;
const NEWLINE = 0x0a;

interface Group {
  readonly found: number;
  /** Whether one of the others is enough, or each has to be there. */
  readonly isAny: boolean;
  /** The other texts of the group, to stand in the same row or line; with a part of it that every spelling has, to refuse most at once. */
  readonly others: readonly { readonly text: string; readonly part: string }[];
}

/** Millions of spellings of the values of erased people, to be searched for in one pass. Holds the values: never to be logged or kept. */
export class Needles {
  private readonly index = new PatternIndex();
  private readonly phones = new GroupedPhones();
  /** Of each pattern: the case or the group it belongs to, its kind, and how it is bounded. */
  private readonly owners: number[] = [];
  private readonly traits: number[] = [];
  private readonly groups: Group[] = [];
  private readonly caseIds: string[] = [];

  private constructor() {}

  /** Takes about 50 µs and 4 kB a case, with other work of the process between. */
  static async of(sought: Iterable<Sought>): Promise<Needles> {
    const needles = new Needles();
    const all = [...sought];
    const shared = sharing(all);
    for (let from = 0; from < all.length; from += CASES_A_TURN) {
      for (const each of all.slice(from, from + CASES_A_TURN)) needles.enter(each, shared);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await needles.index.seal();
    return needles;
  }

  /** Cases that are looked for. */
  get cases(): number {
    return this.caseIds.length;
  }

  /** Bytes of the longest spelling, which bounds what a search of a stream has to carry over. */
  get longest(): number {
    return Math.max(this.index.longest, this.phones.longest);
  }

  caseId(found: number): string {
    return this.caseIds[found] as string;
  }

  /** Notes every value in the text. @param isRow texts count together in all of the text; else in one line of it */
  search(text: Buffer, isRow: boolean, note: Note): void {
    this.phones.scan(text, (found, start) => { note(found, 'phone', start); });
    this.index.scan(text, (pattern, start, end) => {
      const traits = this.traits[pattern] as number;
      const shape = (traits & 3) as Shape;
      if (!standsAlone(text, start, end, shape, (traits & 4) !== 0)) return;
      const kind = KINDS[traits >>> 3] as FoundKind;
      const owner = this.owners[pattern] as number;
      if (kind !== 'together') { note(owner, kind, start); return; }
      const group = this.groups[owner] as Group;
      if (isWhole(group, folded(isRow ? text : lineAround(text, start, end)))) note(group.found, kind, start);
    });
  }

  /** Tells, quickly, every place where something may stand that `search` would note; and others. Newlines part what does not belong together. */
  suspect(text: Buffer, suspected: (at: number) => void): void {
    this.phones.scan(text, (_, start) => { suspected(start); });
    this.index.scan(text, (_, start) => { suspected(start); });
  }

  private enter({ caseId, values, together }: Sought, shared: ReadonlyMap<string, number>): void {
    const found = this.caseIds.push(caseId) - 1;
    for (const { kind, text } of values) {
      this.add(spellingsOf(kind, text), found, SHAPES[kind], kind);
      if (kind === 'phone') for (const digits of phoneDigits(text)) this.phones.add(found, digits);
    }
    const groups = together.map((group) => group.map((text) => text.trim()).filter((text) => text !== ''));
    this.enterNumbers(found, values, [...new Set(groups.flat())]);
    for (const texts of groups) {
      const rarest = texts.toSorted((one, other) => rarity(shared, one) - rarity(shared, other) || other.length - one.length)[0];
      if (rarest === undefined) continue;
      const owner = this.groups.push({ found, isAny: false, others: withParts(texts.filter((text) => text !== rarest)) }) - 1;
      this.add(spellingsOfText(rarest), owner, Shape.WORDS, 'together');
    }
  }

  /** Digits that could be anything are hers when one of her names or her street is beside them. */
  private enterNumbers(found: number, values: Sought['values'], texts: readonly string[]): void {
    const numbers = values.flatMap(({ kind, text }) => (kind === 'phone' ? phoneAsNumber(text) ?? [] : []));
    if (texts.length === 0 || numbers.length === 0) return;
    const owner = this.groups.push({ found, isAny: true, others: withParts(texts) }) - 1;
    this.add(numbers.map((text) => ({ text, encoded: false })), owner, Shape.DIGITS, 'together');
  }

  private add(spellings: readonly Spelling[], owner: number, shape: Shape, kind: FoundKind): void {
    for (const spelling of spellings) {
      const pattern = this.index.add(bytesOf(spelling));
      this.owners[pattern] = owner;
      this.traits[pattern] = shape | (spelling.encoded ? 4 : 0) | (KINDS.indexOf(kind) << 3);
    }
  }
}

/** How many cases share a text: the search stops at the one of a group that the fewest share. Short texts stop it too often. */
function sharing(all: readonly Sought[]): ReadonlyMap<string, number> {
  const shared = new Map<string, number>();
  for (const { together } of all) for (const text of together.flat()) shared.set(text.trim(), (shared.get(text.trim()) ?? 0) + 1);
  return shared;
}

function rarity(shared: ReadonlyMap<string, number>, text: string): number {
  return text.length < 4 ? TOO_SHORT + (shared.get(text) ?? 0) : (shared.get(text) ?? 0);
}

const withParts = (texts: readonly string[]): Group['others'] => texts.map((text) => ({ text, part: partOf(text) }));

function isWhole({ isAny, others }: Group, around: Buffer): boolean {
  if (isAny) return others.some(({ text, part }) => around.includes(part) && holdsText(around, text));
  return others.every(({ part }) => around.includes(part)) && others.every(({ text }) => holdsText(around, text));
}

/** The longest run of letters and digits that no escape and no encoding changes. */
function partOf(text: string): string {
  return (text.toLowerCase().match(/[a-z0-9]+/g) ?? ['']).reduce((longest, run) => (run.length > longest.length ? run : longest));
}

function lineAround(text: Buffer, start: number, end: number): Buffer {
  const before = text.subarray(Math.max(0, start - TOGETHER_WITHIN), start);
  const after = text.subarray(end, end + TOGETHER_WITHIN);
  const newline = after.indexOf(NEWLINE);
  return text.subarray(start - before.length + before.lastIndexOf(NEWLINE) + 1, end + (newline === -1 ? after.length : newline));
}

function folded(text: Buffer): Buffer {
  const copy = Buffer.allocUnsafe(text.length);
  for (let at = 0; at < text.length; at += 1) copy[at] = FOLDED[text[at] as number] as number;
  return copy;
}

function holdsText(around: Buffer, text: string): boolean {
  return spellingsOfText(text).some((spelling) => {
    const bytes = bytesOf(spelling);
    for (let at = around.indexOf(bytes); at !== -1; at = around.indexOf(bytes, at + 1)) {
      if (standsAlone(around, at, at + bytes.length, Shape.WORDS, spelling.encoded)) return true;
    }
    return false;
  });
}
