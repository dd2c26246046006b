import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../support/child.js';
import { connectionVariables } from '../support/databases.js';

/** Everything that a registration writes, but for the idempotency entry, which an import has not. */
const TABLES = ['customer', 'consent', 'consent_record', 'sync_pending'] as const;

/**
 * Copies the rows of these tables from one database into the same tables of another, by psql's `\copy`, one after the other.
 * Resolves to the seconds that the way in took.
 * @param pgbench psql lies beside it
 */
export async function copyIn(pgbench: string, fromUrl: string, intoUrl: string): Promise<number> {
  const psql = join(dirname(pgbench), 'psql');
  const folder = await mkdtemp(join(tmpdir(), 'lupa-bench-copy-'));
  const copies = (way: 'TO' | 'FROM') => TABLES.flatMap((table) => ['-c', `\\copy ${table} ${way} '${join(folder, table)}'`]);
  try {
    await run(psql, ['-q', '-v', 'ON_ERROR_STOP=1', ...copies('TO')], connectionVariables(fromUrl));
    const started = performance.now();
    await run(psql, ['-q', '-v', 'ON_ERROR_STOP=1', ...copies('FROM')], connectionVariables(intoUrl));
    return (performance.now() - started) / 1_000;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
