import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { once } from 'node:events';
import { connectionVariables } from '../support/databases.js';

/** The columns of the generic CSV of the channel email, in its order. */
const COPY_EVERYBODY = `COPY (
  SELECT ref, email, first_name, last_name, language, birth_year, occupation, array_to_string(interests, ';') AS interests, email_since AS granted_at
    FROM contact WHERE email_since IS NOT NULL ORDER BY slot
) TO STDOUT (FORMAT csv, HEADER)`;
const UNORDERED = COPY_EVERYBODY.replace('ORDER BY slot', '');

/** Seconds that psql takes to copy everybody who may be written to by email to nowhere. @param ordered in the order of lists, or as it comes */
export async function copySeconds(psql: string, databaseUrl: string, ordered: boolean): Promise<number> {
  const nowhere = openSync('/dev/null', 'w');
  const started = performance.now();
  const child = spawn(psql, ['-X', '-q', '-c', ordered ? COPY_EVERYBODY : UNORDERED], {
    stdio: ['ignore', nowhere, 'inherit'], env: { PATH: process.env['PATH'], PGOPTIONS: '-c timezone=UTC', ...connectionVariables(databaseUrl) },
  });
  const [code] = (await once(child, 'close')) as [number | null];
  closeSync(nowhere);
  if (code !== 0) throw new Error(`psql ended with ${code}`);
  return (performance.now() - started) / 1_000;
}
