// Dumps of a database: made, looked into, and restored in one transaction. Addresses go in the environment, so that no password shows
// in a process list; of errors only the code is shown, because PostgreSQL's texts may quote a person's data.
import { spawn, spawnSync } from 'node:child_process';
import { createReadStream, openSync, closeSync, readSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findPostgres, findProgram } from './programs.mjs';
import { Told, during } from './say.mjs';

/** What every dump of a side holds, and the other's does not. */
export const SIDES = {
  register: { title: 'register', url: 'REGISTER_DATABASE_URL', table: 'customer' },
  marketing: { title: 'marketing', url: 'MARKETING_DATABASE_URL', table: 'ref_state' },
};

/** Stands in a database from the moment it is being restored until everything that has to follow is done; services refuse it. */
const MARKER = 'public.restore_unfinished';

/** Of the newest PostgreSQL here: an older pg_dump cannot read a newer server. */
function program(name) {
  const folder = findPostgres();
  const found = folder ? join(folder, name) : findProgram(name);
  if (!found) throw new Told(`${name} was not found. Install PostgreSQL's client programs, or do it by hand: docs/restore.md.`);
  return found;
}

/** The variables by which PostgreSQL's programs know where to connect. */
function connection(url) {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  return {
    PATH: process.env.PATH, LANG: 'C.UTF-8', PGCONNECT_TIMEOUT: '10', PGAPPNAME: 'lupa-restore',
    PGHOST: hostname.replace(/^\[|\]$/g, ''), PGPORT: port || '5432', PGUSER: decodeURIComponent(username), PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)), PGSSLMODE: searchParams.get('sslmode') ?? 'prefer',
  };
}

const PSQL = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=sqlstate', '-v', 'SHOW_CONTEXT=never'];

/** Runs statements of ours; returns what they print. */
export function sql(url, text) {
  const { status, stdout, stderr } = spawnSync(program('psql'), PSQL, { input: text, encoding: 'utf8', cwd: '/', env: connection(url) });
  if (status !== 0) throw new Told(`PostgreSQL refused (${lastCode(stderr)}).`);
  return stdout.trim();
}

const lastCode = (errors) => /([0-9A-Z]{5})\s*$/.exec(errors.trim())?.[1] ?? 'it could not be reached';

/** Writes a dump in PostgreSQL's custom format, whole or not at all, for the owner's eyes only. */
export async function dump(side, url, file) {
  const draft = `${file}.draft`;
  rmSync(draft, { force: true });
  closeSync(openSync(draft, 'wx', 0o600));
  const child = spawn(program('pg_dump'), ['--format=custom', '--no-owner', '--no-privileges', '--lock-wait-timeout=60s', '-f', draft], {
    cwd: '/', env: connection(url), stdio: ['ignore', 'ignore', 'pipe'],
  });
  const code = await during(`the ${side} database is being dumped`, 20_000, () => ended(child));
  if (code !== 0) {
    rmSync(draft, { force: true });
    throw new Told(`The ${side} database could not be dumped (pg_dump ended with ${code}). Nothing was written.`);
  }
  renameSync(draft, file);
  return statSync(file).size;
}

/** Refuses what is not a dump of that side, before anything is touched. */
export function assertDumpOf(side, file) {
  const head = Buffer.alloc(5);
  try {
    const handle = openSync(file, 'r');
    readSync(handle, head);
    closeSync(handle);
  } catch (error) {
    throw new Told(`${file} cannot be read (${error.code}).`);
  }
  if (head.toString('latin1') !== 'PGDMP') throw new Told(`${file} is no dump in PostgreSQL's custom format (pg_dump --format=custom).`);
  const { status, stdout } = spawnSync(program('pg_restore'), ['--list', file], { encoding: 'utf8', cwd: dirname(file), maxBuffer: 64 * 1024 * 1024, env: { PATH: process.env.PATH, LANG: 'C.UTF-8' } });
  if (status !== 0) throw new Told(`${file} cannot be read by this pg_restore: it may be damaged, or made by a newer PostgreSQL.`);
  const holds = (table) => new RegExp(` TABLE DATA public ${table} `).test(stdout);
  if (holds(SIDES[side].table)) return;
  const other = Object.values(SIDES).find(({ table }) => holds(table));
  throw new Told(`${file} is no dump of the ${side} database${other ? `, but of the ${other.title} one` : ''}.`);
}

/** Names of the services that have this database open. */
export const usersOf = (url) =>
  sql(url, `SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = current_database() AND application_name IN ('lupa-register', 'lupa-marketing')`)
    .split('\n').filter(Boolean);

/** From here on no service opens this database. */
export const closeForRestore = (url) => sql(url, `CREATE TABLE IF NOT EXISTS ${MARKER} (since timestamptz NOT NULL DEFAULT now())`);
export const isClosed = (url) => sql(url, `SELECT to_regclass('${MARKER}') IS NOT NULL`) === 't';
export const openAfterRestore = (url) => sql(url, `DROP TABLE IF EXISTS ${MARKER}`);

/** Everything that is ours in the schema; the schema itself belongs to whoever made the database. */
const EMPTY = `
  SET lock_timeout = '15s';
  SET client_min_messages = error;
  DO $empty$ DECLARE found record; BEGIN
    FOR found IN
      SELECT format('DROP %s IF EXISTS %s CASCADE', CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid::regclass) AS drop
        FROM pg_class AS c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
         AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype IN ('e', 'i', 'a'))
    LOOP
      EXECUTE found.drop;
    END LOOP;
    FOR found IN SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::regprocedure) AS drop FROM pg_proc AS p
      WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e')
    LOOP
      EXECUTE found.drop;
    END LOOP;
    FOR found IN SELECT format('DROP TYPE IF EXISTS %s CASCADE', t.oid::regtype) AS drop FROM pg_type AS t
      WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd') AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = t.oid AND d.deptype = 'e')
    LOOP
      EXECUTE found.drop;
    END LOOP;
  END $empty$;`;

/**
 * Empties the database and restores the dump, in one transaction: afterwards it is either as the dump says, and still closed to the
 * services, or as it was. The commit is sent only after pg_restore has read the whole file to its end.
 */
export async function restoreDump(side, url, file) {
  const reader = spawn(program('pg_restore'), ['--no-owner', '--no-privileges', '--exit-on-error', '-f', '-'], { cwd: '/', stdio: ['pipe', 'pipe', 'ignore'], env: { PATH: process.env.PATH, LANG: 'C.UTF-8' } });
  const writer = spawn(program('psql'), [...PSQL, '-o', '/dev/null'], { cwd: '/', stdio: ['pipe', 'ignore', 'pipe'], env: connection(url) });
  let errors = '';
  writer.stderr.setEncoding('utf8').on('data', (text) => (errors = (errors + text).slice(-2_000)));
  for (const stream of [reader.stdin, writer.stdin]) stream.on('error', () => undefined); // told by the exit code
  const input = createReadStream(file);
  input.on('error', () => reader.kill()).pipe(reader.stdin);
  writer.stdin.write(`BEGIN;\n${EMPTY}\n`);
  reader.stdout.pipe(writer.stdin, { end: false });
  const written = ended(writer);
  void written.then(() => reader.kill());
  const size = statSync(file).size;
  const [read, done] = await during(`the ${side} database is being restored`, 20_000, async () => {
    const code = await ended(reader);
    writer.stdin.end(code === 0 ? `\nCREATE TABLE ${MARKER} (since timestamptz NOT NULL DEFAULT now());\nCOMMIT;\n` : undefined);
    return [code, await written];
  }, { fraction: () => input.bytesRead / size });
  if (read === 0 && done === 0) return;
  throw new Told(`The dump could not be restored (${read === 0 || read === null ? `PostgreSQL refused: ${lastCode(errors)}` : 'the file is damaged or cut short'}). The ${side} database is as it was.`);
}

/** Resolves to the exit code; null when it was ended by a signal. */
const ended = (child) => new Promise((resolve) => {
  child.once('error', () => resolve(127));
  child.once('close', (code) => resolve(code));
});
