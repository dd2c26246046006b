import { createHmac } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { blindIndex } from '#addresses/blind-index.js';
import { normaliseEmail } from '#addresses/email.js';
import { errorCode } from '#database/database-errors.js';
import { runStatement, type Statement } from '#database/statement.js';
import { ConfigurationError } from '#service/configuration.js';
import type { RegisterConfig } from '../register.config.js';

/** Keys by the name of their variable. */
type Keys = Readonly<Record<string, Buffer>>;

const CHECK_BYTES = 16;
const UNDEFINED_TABLE = '42P01';

/** What a wrong key would do, which nothing else would tell. */
const HARM: Readonly<Record<string, string>> = {
  REGISTER_INDEX_KEY: 'no address would be found and no suppression recognised, so that whoever was erased could come back',
  REGISTER_KEY_ENCRYPTION_KEY: 'what is sealed in it could not be opened',
};

const READ_CHECKS: Statement = { name: 'read-key-checks', text: 'SELECT name, value FROM key_check' };
/** $1 names, $2 values */
const NOTE_CHECKS: Statement = {
  name: 'note-key-checks',
  text: 'INSERT INTO key_check (name, value) SELECT name, value FROM unnest($1::text[], $2::bytea[]) AS k(name, value) ON CONFLICT (name) DO NOTHING',
};
const READ_SOMEBODY: Statement = { name: 'read-somebody', text: 'SELECT email, email_index FROM customer WHERE email IS NOT NULL LIMIT 1' };

/** The keys that the register's own database is filled under. */
export function registerKeys({ indexKey, keyEncryptionKey }: Pick<RegisterConfig, 'indexKey' | 'keyEncryptionKey'>): Keys {
  return { REGISTER_INDEX_KEY: indexKey, REGISTER_KEY_ENCRYPTION_KEY: keyEncryptionKey };
}

/**
 * Before anything is read or written under them: whether these are the keys that the database was filled under.
 * Resolves to whether anything was noted of them. @param what the database, in words; @throws ConfigurationError naming the variable that is wrong
 */
export async function assertKeys(database: DataSource, what: string, keys: Keys): Promise<boolean> {
  const known = new Map((await read<{ name: string; value: Buffer }>(database, READ_CHECKS)).map(({ name, value }) => [name, value]));
  for (const [name, key] of Object.entries(keys)) {
    const noted = known.get(name);
    if (noted && !noted.equals(checkOf(name, key))) throw wrongKey(name, what);
  }
  return known.size > 0;
}

/** As `assertKeys`; where no key was noted yet, a database that is filled already tells by one of its people. */
export async function assertRegisterKeys(database: DataSource, config: Pick<RegisterConfig, 'indexKey' | 'keyEncryptionKey'>): Promise<void> {
  const what = 'the database of the register';
  if (await assertKeys(database, what, registerKeys(config))) return;
  const [somebody] = await read<{ email: string; email_index: Buffer }>(database, READ_SOMEBODY);
  if (somebody && !somebody.email_index.equals(blindIndex(config.indexKey, 'email', normaliseEmail(somebody.email)))) throw wrongKey('REGISTER_INDEX_KEY', what);
}

/** At the end of a start that found nothing wrong: the first keys are the ones. */
export async function noteKeys(database: DataSource, keys: Keys): Promise<void> {
  await runStatement(database, NOTE_CHECKS, [Object.keys(keys), Object.entries(keys).map(([name, key]) => checkOf(name, key))]);
}

/** Tells the same key again without telling it (HMAC-SHA-256 of a fixed text, its first half). */
function checkOf(name: string, key: Buffer): Buffer {
  return createHmac('sha256', key).update(`lupa key check\0${name}`).digest().subarray(0, CHECK_BYTES);
}

function wrongKey(name: string, what: string): ConfigurationError {
  return new ConfigurationError(`${name} is not the key that ${what} was filled under: ${HARM[name] ?? 'it would be of no use'}. Set that key again.`);
}

/** A database that is not migrated yet knows of no keys, and an empty one of nobody: its migrations tell what is missing. */
async function read<Row>(database: DataSource, statement: Statement): Promise<Row[]> {
  try {
    return await runStatement<Row>(database, statement, []);
  } catch (error) {
    if (errorCode(error) === UNDEFINED_TABLE) return [];
    throw error;
  }
}
