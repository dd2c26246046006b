// Three databases, three users, and none may even connect to another's. The erasure log is apart from the register's, so that a restore never takes it back.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Told } from './say.mjs';

/** Runs SQL from standard input, so that no password shows in a process list. */
export function psql({ programs, port, user, password }, database, sql) {
  return spawnSync(
    join(programs, 'psql'),
    ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-p', String(port), '-U', user, '-d', database],
    {
      input: sql,
      encoding: 'utf8',
      cwd: '/',
      env: { PATH: process.env.PATH, PGPASSWORD: password, PGCONNECT_TIMEOUT: '5', PGSSLMODE: 'disable', LANG: 'C.UTF-8' },
    },
  );
}

export const DATABASES = [
  { database: 'lupa_register', user: 'lupa_register', secret: 'registerDatabasePassword' },
  { database: 'lupa_erasure_log', user: 'lupa_erasure_log', secret: 'erasureLogDatabasePassword' },
  { database: 'lupa_marketing', user: 'lupa_marketing', secret: 'marketingDatabasePassword' },
];

/** Makes what is missing; may run at every start. */
export function ensureDatabases(admin, secrets) {
  const run = (database, sql) => {
    const outcome = psql(admin, database, sql);
    if (outcome.status !== 0) throw new Told(`PostgreSQL refused to set up the databases:\n${outcome.stderr}`);
    return outcome.stdout.trim();
  };
  const present = run('postgres', 'SELECT datname FROM pg_database').split('\n');
  for (const { database, user, secret } of DATABASES) {
    const password = secrets[secret].replaceAll("'", "''");
    run('postgres', `DO $$ BEGIN CREATE ROLE ${user} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; ALTER ROLE ${user} PASSWORD '${password}';`);
    if (!present.includes(database)) run('postgres', `CREATE DATABASE ${database} OWNER ${user}`);
    run('postgres', `REVOKE CONNECT, TEMPORARY ON DATABASE ${database} FROM PUBLIC`);
  }
  run('postgres', 'REVOKE CONNECT ON DATABASE postgres FROM PUBLIC');
}
