import type { ExportFailure } from './export-state.js';

/** What an error means for the export it ended; by codes only. */
export function failureOf(error: unknown, isDiskFull: boolean): ExportFailure {
  if (isDiskFull) return 'disk-full';
  const code: unknown = Object(error) === error ? (error as { code?: unknown }).code : undefined;
  return code === 'list-stale' ? 'list-stale' : 'internal';
}
