/** What is in a cell: decides what may stand there unchanged. */
export type CellKind = 'text' | 'email' | 'phone' | 'number' | 'moment' | 'list';

/** One cell: what stands before its value, and how the value is written. */
export interface Cell {
  readonly before: string;
  readonly form: 'csv' | 'json' | 'json-in-csv';
  readonly kind: CellKind;
}

/**
 * Cells that begin so are read as formulas by spreadsheets (https://owasp.org/www-community/attacks/CSV_Injection), full-width
 * forms and what follows the separator of another locale included: in Finland a spreadsheet splits at semicolons. It does not take the
 * comma's quotes for quotes then, so a line break ends the row there, and a quote may stand before the formula.
 */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const INNER_FORMULA = /([;\t\r\n][\s"]*)(?=[=+\-@＝＋－＠])/g;

/** A phone number in E.164 begins with a plus and is no formula. */
const E164 = /^\+[0-9]{4,15}$/;

/** What COPY writes for characters that would end a field or a row. */
const ESCAPED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** Members of an array as PostgreSQL writes it: quoted where they must be. */
const MEMBER = /"((?:[^"\\]|\\.)*)"|[^,{}"]+/gs;

/** A value of PostgreSQL's COPY in text format, without its escapes. */
export function copied(text: string): string {
  return text.includes('\\') ? text.replaceAll(/\\(.)/gs, (_, escaped: string) => ESCAPED[escaped] ?? escaped) : text;
}

/** The value as it is written; undefined: it cannot be, and its row is left out. */
export function cellText(text: string, form: Cell['form'], kind: CellKind): string | undefined {
  switch (form) {
    case 'csv':
      return csvText(kind === 'list' ? listed(text).join(';') : iso(text, kind), kind);
    case 'json':
      return jsonText(text, kind);
    case 'json-in-csv':
      return jsonText(text, kind).replaceAll('"', '""');
    default:
      return form satisfies never;
  }
}

function jsonText(text: string, kind: CellKind): string {
  if (kind === 'number') return text;
  return JSON.stringify(kind === 'list' ? listed(text) : iso(text, kind));
}

function csvText(value: string, kind: CellKind): string | undefined {
  const isFormula = FORMULA.test(value) && !(kind === 'phone' && E164.test(value));
  if (isFormula && (kind === 'email' || kind === 'phone')) return undefined;
  const harmless = `${isFormula ? '\'' : ''}${value}`.replaceAll(INNER_FORMULA, '$1\'');
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

const iso = (text: string, kind: CellKind): string => (kind === 'moment' ? text.replace(' ', 'T').replace(/\+00$/, 'Z') : text);

function listed(text: string): string[] {
  return [...text.matchAll(MEMBER)].map(([whole, quoted]) => quoted?.replaceAll(/\\(.)/gs, '$1') ?? whole);
}
