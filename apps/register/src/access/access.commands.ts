import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { DataSource } from 'typeorm';
import { isScope, SCOPES } from '#auth/scopes.js';
import { runStatement } from '#database/statement.js';
import type { RegisterConfig } from '../register.config.js';
import { INSERT_PROGRAM, INSERT_STAFF } from './access.sql.js';
import { KeyRing } from './key-ring.service.js';
import { hashPassword, hashSecret, PASSWORD_MIN_LENGTH, SECRET_MIN_LENGTH } from './passwords.service.js';
import { isRole, ROLE_SCOPES } from './roles.js';

/** Something the operator can put right; its message is shown. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface AccessCommand {
  readonly usage: string;
  readonly summary: string;
  /** @throws UsageError with one sentence for the operator. */
  run(dataSource: DataSource, config: RegisterConfig, args: string[]): Promise<void>;
}

/** What an operator does about access. Secrets come on standard input, never as an argument, which every process can read. */
export const ACCESS_COMMANDS: Readonly<Record<string, AccessCommand>> = {
  'staff:create': {
    usage: 'staff:create --username NAME --roles ROLE[,ROLE]',
    summary: `add a member of staff; the password is read from standard input (roles: ${Object.keys(ROLE_SCOPES).join(', ')})`,
    async run(dataSource, _config, args) {
      const { values } = options(args, { username: { type: 'string' }, roles: { type: 'string' } });
      const username = named(values.username, '--username', /^[a-z0-9][a-z0-9._-]{1,62}$/);
      const roles = listed(values.roles, '--roles', isRole, Object.keys(ROLE_SCOPES));
      const password = await secretFromInput('the password', PASSWORD_MIN_LENGTH);
      const created = await runStatement(dataSource, INSERT_STAFF, [username, await hashPassword(password), roles]);
      if (created.length === 0) throw new UsageError(`There is a member of staff called ${username} already.`);
      say(`Created ${username} with ${roles.join(', ')}.`);
    },
  },
  'program:create': {
    usage: 'program:create --id ID --scopes SCOPE[,SCOPE] [--secret-stdin]',
    summary: 'add a program; prints its new secret once, or takes it from standard input',
    async run(dataSource, config, args) {
      const { values } = options(args, { id: { type: 'string' }, scopes: { type: 'string' }, 'secret-stdin': { type: 'boolean' } });
      const id = named(values.id, '--id', /^[a-z0-9][a-z0-9-]{1,62}$/);
      const scopes = listed(values.scopes, '--scopes', isScope, SCOPES);
      const given = values['secret-stdin'] === true;
      const secret = given ? await secretFromInput('the secret', SECRET_MIN_LENGTH) : randomBytes(32).toString('base64url');
      const created = await runStatement(dataSource, INSERT_PROGRAM, [id, hashSecret(secret, config.indexKey), scopes]);
      if (created.length === 0) throw new UsageError(`There is a program called ${id} already.`);
      say(given ? `Created ${id} with ${scopes.join(', ')}.` : secret);
    },
  },
  'keys:rotate': {
    usage: 'keys:rotate',
    summary: 'make a new signing key; it signs after a minute, the old one goes when its last token has expired',
    async run(dataSource, config, args) {
      options(args, {});
      const { kid, signsFrom } = await new KeyRing(dataSource, config).rotate();
      say(`Key ${kid} signs from ${signsFrom.toISOString()}.`);
    },
  },
};

function options<const Options extends NonNullable<ParseArgsConfig['options']>>(args: string[], known: Options) {
  try {
    return parseArgs({ args, options: known });
  } catch (error) {
    // Node's sentence names the option that it does not know.
    throw new UsageError(error instanceof Error ? error.message : 'The options cannot be read.');
  }
}

function named(value: string | undefined, option: string, form: RegExp): string {
  if (value === undefined) throw new UsageError(`${option} is missing.`);
  if (!form.test(value)) throw new UsageError(`${option} must match ${form.source}.`);
  return value;
}

function listed(value: string | undefined, option: string, isKnown: (item: string) => boolean, known: readonly string[]): string[] {
  const items = [...new Set((value ?? '').split(',').map((item) => item.trim()).filter((item) => item !== ''))];
  const unknown = items.find((item) => !isKnown(item));
  if (items.length === 0 || unknown !== undefined) throw new UsageError(`${option} takes a comma-separated list of: ${known.join(', ')}.`);
  return items;
}

async function secretFromInput(what: string, minLength: number): Promise<string> {
  const secret = (await text(process.stdin)).replace(/\r?\n$/, '');
  if (secret.length < minLength) throw new UsageError(`Give ${what} on standard input; it needs at least ${minLength} characters.`);
  return secret;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
