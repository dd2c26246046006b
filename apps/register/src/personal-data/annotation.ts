/** One text in the languages of the register. */
export type Localised = Readonly<Record<'fi' | 'sv' | 'en', string>>;

/** What a piece of personal data is of (GDPR Art. 15(1)(b)). */
export const CATEGORIES = ['identity', 'contact', 'demographics', 'interests', 'decision', 'standing', 'request', 'disclosure', 'reading', 'technical'] as const;
export type Category = (typeof CATEGORIES)[number];

/** What it is kept for: a purpose of the controller's profile, which says on which legal basis and for how long. */
export type Purpose = 'customer-contact' | 'relationship-care' | 'marketing' | 'rights-and-obligations';

/**
 * How a value is told. `actor`: who did it, by role and not by name (access-log/reader-shown.ts). `fields`: names of fields of hers.
 * `sources`: field to where its value came from. `answer`: JSON as it is. `sealed`: texts
 * that are kept sealed, opened for her.
 */
export const KINDS = [
  'text', 'code', 'codes', 'number', 'yes-no', 'moment', 'day', 'actor', 'recipient', 'interests', 'fields', 'purpose', 'sources', 'answer', 'sealed',
] as const;
export type Kind = (typeof KINDS)[number];

export interface ToldColumn {
  readonly label: Localised;
  readonly as: Kind;
  /** Where it differs from its table's. */
  readonly category?: Category;
  readonly purpose?: Purpose;
  /** The field of hers, as in the API, that the column belongs to: there stands where its value came from. */
  readonly field?: string;
  /** Where this SQL condition holds, the value is not told, and why. */
  readonly unless?: { readonly condition: string; readonly because: Withholding };
}

/** Why a column is not told to the person it is of; the sentences stand in withholdings.ts. */
export type Withholding = 'key' | 'keyed-hash' | 'colleague' | 'household' | 'hold' | 'machinery';
export interface WithheldColumn {
  readonly withheld: Withholding;
}
export type ColumnAnnotation = ToldColumn | WithheldColumn;

/**
 * How rows lead to the person. `customer`: her own row. `customer_id`, `ref`: by that column. `disclosure_id`: by a disclosure of hers.
 * `digest`: by the keyed hash of an address of hers.
 */
export type Tie = 'customer' | 'customer_id' | 'ref' | 'disclosure_id' | 'digest';

export interface TableAnnotation {
  /** Its name in the machine-readable file. */
  readonly name: string;
  readonly title: Localised;
  /** One sentence for her: what these rows are. */
  readonly about: Localised;
  readonly tie: Tie;
  /** Rows are told in this order. */
  readonly order: string;
  readonly category: Category;
  readonly purpose: Purpose;
  /** What asks for it or allows it, beside the purpose's legal basis. */
  readonly law: string;
  /** How the page shows it: her facts, a card for each row under the named columns, a table, or only how many there are. */
  readonly page: 'facts' | { readonly cards: readonly string[] } | 'table' | 'count';
  readonly columns: Readonly<Record<string, ColumnAnnotation>>;
}

export const told = (as: Kind, fi: string, sv: string, en: string, more: Omit<ToldColumn, 'label' | 'as'> = {}): ToldColumn => ({ label: { fi, sv, en }, as, ...more });
export const withheld = (why: Withholding): WithheldColumn => ({ withheld: why });

export function isTold(column: ColumnAnnotation): column is ToldColumn {
  return 'label' in column;
}

/** The told columns of a table: column, its name in the machine-readable file, and what is said of it. */
export function toldColumns(table: TableAnnotation): { readonly column: string; readonly name: string; readonly told: ToldColumn }[] {
  return Object.entries(table.columns).flatMap(([column, said]) => (isTold(said) ? [{ column, name: camelCase(column), told: said }] : []));
}

export function camelCase(column: string): string {
  return column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
