const NIL = '00000000-0000-0000-0000-000000000000';
const HYPHENS = '-'.repeat(36);

/** Neither a cursor of any list, nor a day, nor a moment; many have the shape of one. */
const BAD = [
  '', 'x', '%', '\u0000', "' OR 1=1", NIL.slice(1), '-1', '1.5', 'NaN', '99999999999999999999', '1e400',
  '2026-02-31', '2026-99-99', '0000-01-01', '2026-1-1', '-infinity', 'infinity', 'now', '2026-11-23T09:30', '2026-11-23T99:30:00Z', '0000-11-23T09:30:00Z',
  ...['.', '_'].flatMap((separator) => [
    ...['2026-99-99', '2026-02-31', '0000-01-01', '2026-ZZZZZZZZZZZZZZZZZZZ', '2026-11-23T99:99:99.999999Z', '2026-11-23T:::::.........Z', '-infinity', '']
      .map((position) => `${position}${separator}${NIL}`),
    ...['2026-11-23', '2026-11-23T09:30:00.000Z', '2026-11-23T09:30:00.000000Z', '1790000000']
      .flatMap((position) => [HYPHENS, `${NIL}0`, 'x'].map((id) => `${position}${separator}${id}`)),
  ]),
];
/** At the edge of what can be stored: may be good, must not be too much. */
const ODD = ['0', '9007199254740991', '2147483648', '999999999999999999', '1900-01-01', '9999-12-31', '9999-12-31T23:59:59.999Z', `9999-12-31_${NIL}`, `999999999999_${NIL}`, NIL];

interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly required?: boolean;
  readonly schema: { readonly format?: string; readonly enum?: readonly string[] };
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly parameters?: readonly Parameter[] }>>>>;
}

/** A query that a service is asked, and whether it may be answered at all. */
export interface Query {
  readonly path: string;
  readonly mayBeGood: boolean;
}

const GOOD: Readonly<Record<string, string>> = { date: '2026-01-01', 'date-time': '2026-01-01T00:00:00Z' };
const isPosition = ({ name, schema: { format = '' } }: Parameter): boolean => name === 'cursor' || format in GOOD;

/** Of every route of the document with a query, every parameter with every bad value, alone and together with the others of its kind. @param id of whatever a path names */
export function badQueries(document: unknown, id: string): Query[] {
  return Object.entries((document as Document).paths).flatMap(([template, { get }]) => {
    const parameters = (get?.parameters ?? []).filter((parameter) => parameter.in === 'query');
    const path = template.replaceAll(/\{\w+\}/g, id);
    const query = (values: Readonly<Record<string, string>>): string => `${path}?${new URLSearchParams(values).toString()}`;
    const needed = Object.fromEntries(parameters.filter(({ required }) => required).map(({ name, schema: { format = '', enum: codes } }) => [name, GOOD[format] ?? codes?.[0] ?? '1']));
    return parameters.flatMap((parameter) => {
      const alike = parameters.filter(({ schema: { format } }) => format !== undefined && format === parameter.schema.format);
      return [...BAD.map((value) => ({ value, mayBeGood: !isPosition(parameter) })), ...ODD.map((value) => ({ value, mayBeGood: true }))].flatMap(({ value, mayBeGood }) => [
        { path: query({ ...needed, [parameter.name]: value }), mayBeGood },
        ...(alike.length > 1 ? [{ path: query({ ...needed, ...Object.fromEntries(alike.map(({ name }) => [name, value])) }), mayBeGood }] : []),
      ]);
    });
  });
}

/** Asks all of them, one after the other; resolves to those that were answered wrongly, each with its status. */
export async function answeredWrongly(queries: readonly Query[], ask: (path: string) => Promise<{ readonly status: number; readonly text: string }>): Promise<string[]> {
  const wrong: string[] = [];
  for (const { path, mayBeGood } of queries) {
    const { status, text } = await ask(path);
    const isProblem = status >= 400 && status < 500 && text.startsWith('{') && text.includes('"type":"/problems/');
    if (!isProblem && !(mayBeGood && status < 300)) wrong.push(`${path}: ${status}`);
  }
  return wrong;
}
