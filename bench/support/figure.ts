/** One line of the result. `null` where a figure has no such thing. */
export interface Row {
  readonly id: string;
  readonly what: string;
  readonly lupa: number;
  /** The way the official documentation teaches, measured in the same run. */
  readonly baseline: number | null;
  /** What the machine can do at best, measured in the same run. */
  readonly limit: number | null;
  readonly unit: string;
  /** lupa / baseline and lupa / limit. */
  readonly toBaseline: number | null;
  readonly toLimit: number | null;
  /** Null for a row that is told beside a figure but was set no goal. */
  readonly goal: string | null;
  readonly reached: boolean | null;
}

/** What a figure is measured with. */
export interface Bench {
  /** Addresses and keys of the bench's own servers, as the services take them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Customers in the register before measuring starts. */
  readonly size: number;
  /** Path of pgbench; without it there are no limits. */
  readonly pgbench: string | undefined;
  /** Tells how far the figure is, 0…1, and what it does. */
  readonly progress: (fraction: number, note: string) => void;
  /** Something the reader of the table should know. */
  readonly remark: (text: string) => void;
}

/** A figure, or several that are measured together. */
export interface Figure {
  readonly ids: readonly string[];
  readonly title: string;
  measure(bench: Bench): Promise<Row[]>;
}

type Measured = Pick<Row, 'id' | 'what' | 'lupa' | 'unit'> & Partial<Pick<Row, 'baseline' | 'limit'>>;

/** A row with its ratios; `judge` says whether the goal is reached. */
export function row(measured: Measured, goal?: string, judge?: (row: { lupa: number; toBaseline: number | null; toLimit: number | null }) => boolean): Row {
  const { lupa, baseline = null, limit = null } = measured;
  const toBaseline = baseline === null ? null : lupa / baseline;
  const toLimit = limit === null ? null : lupa / limit;
  return { ...measured, baseline, limit, toBaseline, toLimit, goal: goal ?? null, reached: judge ? judge({ lupa, toBaseline, toLimit }) : null };
}
