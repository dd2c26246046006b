import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import type { Row } from './figure.js';
import { significant } from './statistics.js';

/** The machine in one line: figures of different machines do not compare, their ratios may. */
export function machine(): string {
  const [first] = cpus();
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform}, Node ${process.versions.node}`;
}

/** The commit that was measured, marked when files differ from it; "unknown" outside a clone. */
export function commit(): string {
  try {
    const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return git('rev-parse', '--short=12', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') ? ' with changes' : '');
  } catch {
    return 'unknown';
  }
}

/** The rows as a table for a terminal. */
export function table(rows: readonly Row[]): string {
  const heads = ['', 'what', 'Lupa', 'baseline', 'limit', 'to baseline', 'to limit', 'goal', 'reached'];
  const lines = rows.map((row) => [
    row.id, row.what, amount(row.lupa, row.unit), amount(row.baseline, row.unit), amount(row.limit, row.unit), ratio(row.toBaseline), ratio(row.toLimit),
    row.goal ?? '', row.reached === null ? '' : row.reached ? 'yes' : 'NO',
  ]);
  const widths = heads.map((head, i) => Math.max(...[heads, ...lines].map((line) => (line[i] ?? head).length)));
  const isNumber = (i: number) => i >= 2 && i <= 6;
  const format = (line: readonly string[]) => line.map((cell, i) => (isNumber(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join('  ').trimEnd();
  return [format(heads), format(widths.map((width) => '─'.repeat(width))), ...lines.map(format)].join('\n');
}

function amount(value: number | null, unit: string): string {
  if (value === null) return '–';
  return `${significant(value).toLocaleString('en', { maximumFractionDigits: 2 })} ${unit}`.replace(' /', '/');
}

function ratio(value: number | null): string {
  return value === null ? '–' : `${significant(value).toLocaleString('en', { maximumFractionDigits: 2 })} ×`;
}
