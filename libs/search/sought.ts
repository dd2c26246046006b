/** What kind of value is looked for; it decides how the value may be spelt, and what may stand beside it. */
export type ValueKind = 'email' | 'phone' | 'customer-id' | 'ref';

/** One value that says who it is on its own. */
export interface SoughtValue {
  readonly kind: ValueKind;
  /** An email address; a phone number in E.164; an id as a UUID with dashes. */
  readonly text: string;
}

/** What is looked for on behalf of one erased person. */
export interface Sought {
  readonly caseId: string;
  readonly values: readonly SoughtValue[];
  /** Groups of texts that are found only when all of a group stand in one row or line, such as first name, last name, and street. */
  readonly together: readonly (readonly string[])[];
}

/** Something that was found. It never holds a value. */
export interface Finding {
  readonly caseId: string;
  /** The database or directory, as the caller named it. */
  readonly store: string;
  /** Table, large object, statistics of a table, or file. */
  readonly place: string;
  /** Rows or lines of that place in which the person was found. */
  readonly count: number;
}

/** A place that could not be searched, or not whole. Somebody has to look: it is not an answer that nothing is there. */
export interface Unsearched {
  readonly store: string;
  readonly place: string;
  /** A code of the operating system or database; or `compressed`, `damaged`, `format` (not a text), `link` (to elsewhere), or `moved` (files come and go all the time). */
  readonly reason: string;
}
