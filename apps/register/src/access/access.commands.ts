import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { isScope, SCOPES } from '#auth/scopes.js';
import { runStatement } from '#database/statement.js';
import { ErasureLog } from '../erasure-log/erasure-log.service.js';
import type { RegisterConfig } from '../register.config.js';
import { INSERT_PROGRAM, INSERT_STAFF } from './access.sql.js';
import { AccountVersions } from './account-versions.service.js';
import { type AccountKind, type AccountRow, DISABLE, ENABLE, LIST_ACCOUNTS } from './accounts.sql.js';
import { listed, named, options, say, secretFromInput, UsageError } from './command-line.reader.js';
import { KeyRing } from './key-ring.service.js';
import { hashPassword, hashSecret, PASSWORD_MIN_LENGTH, SECRET_MIN_LENGTH } from './passwords.service.js';
import { isRole, ROLE_SCOPES } from './roles.js';

export interface AccessCommand {
  readonly usage: string;
  readonly summary: string;
  /** @throws UsageError with one sentence for the operator. */
  run(dataSource: DataSource, config: RegisterConfig, args: string[]): Promise<void>;
}

const ROLES = Object.keys(ROLE_SCOPES);
const USERNAME = /^[a-z0-9][a-z0-9._-]{1,62}$/;
const PROGRAM_ID = /^[a-z0-9][a-z0-9-]{1,62}$/;
const STAFF_OPTIONS = { username: { type: 'string' }, roles: { type: 'string' } } as const;
const PROGRAM_OPTIONS = { id: { type: 'string' }, scopes: { type: 'string' }, 'secret-stdin': { type: 'boolean' } } as const;

/** What an operator does about access. Secrets come on standard input. Whatever changes an account is noted in the log of erasures, so that no restore undoes it. */
export const ACCESS_COMMANDS: Readonly<Record<string, AccessCommand>> = {
  'staff:create': {
    usage: 'staff:create --username NAME --roles ROLE[,ROLE]',
    summary: `add a member of staff; the password is read from standard input (roles: ${ROLES.join(', ')})`,
    async run(dataSource, config, args) {
      const { values } = options(args, STAFF_OPTIONS);
      const username = named(values.username, '--username', USERNAME);
      const roles = listed(values.roles, '--roles', isRole, ROLES);
      const password = await secretFromInput('the password', PASSWORD_MIN_LENGTH);
      await change(dataSource, config, 'staff', username, async (version) => {
        const created = await runStatement(dataSource, INSERT_STAFF, [username, await hashPassword(password), roles, version]);
        if (created.length === 0) throw new UsageError(`There is a member of staff called ${username} already.`);
        return { version };
      });
      say(`Created ${username} with ${roles.join(', ')}.`);
    },
  },
  'staff:enable': {
    usage: 'staff:enable --username NAME [--roles ROLE[,ROLE]]',
    summary: 'let a member of staff in again, or give her a new password, which is read from standard input; without --roles she has those of before',
    async run(dataSource, config, args) {
      const { values } = options(args, STAFF_OPTIONS);
      const username = named(values.username, '--username', USERNAME);
      const roles = values.roles === undefined ? null : listed(values.roles, '--roles', isRole, ROLES);
      const hash = await hashPassword(await secretFromInput('the new password', PASSWORD_MIN_LENGTH));
      const { may } = await change(dataSource, config, 'staff', username, (version) => enable(dataSource, 'staff', [username, version, hash, roles]));
      say(`Enabled ${username} with ${may.join(', ')}.`);
    },
  },
  'staff:disable': {
    usage: 'staff:disable --username NAME',
    summary: 'keep a member of staff out; a token that she has goes on for 15 minutes at most',
    run: (dataSource, config, args) => disable(dataSource, config, 'staff', named(options(args, { username: { type: 'string' } }).values.username, '--username', USERNAME)),
  },
  'program:create': {
    usage: 'program:create --id ID --scopes SCOPE[,SCOPE] [--secret-stdin]',
    summary: 'add a program; prints its new secret once, or takes it from standard input',
    async run(dataSource, config, args) {
      const { values } = options(args, PROGRAM_OPTIONS);
      const id = named(values.id, '--id', PROGRAM_ID);
      const scopes = listed(values.scopes, '--scopes', isScope, SCOPES);
      const { secret, isGiven } = await programSecret(values['secret-stdin']);
      await change(dataSource, config, 'program', id, async (version) => {
        const created = await runStatement(dataSource, INSERT_PROGRAM, [id, hashSecret(secret, config.indexKey), scopes, version]);
        if (created.length === 0) throw new UsageError(`There is a program called ${id} already.`);
        return { version };
      });
      say(isGiven ? `Created ${id} with ${scopes.join(', ')}.` : secret);
    },
  },
  'program:enable': {
    usage: 'program:enable --id ID [--scopes SCOPE[,SCOPE]] [--secret-stdin]',
    summary: 'let a program in again, or give it a new secret, which is printed once or taken from standard input; without --scopes it has those of before',
    async run(dataSource, config, args) {
      const { values } = options(args, PROGRAM_OPTIONS);
      const id = named(values.id, '--id', PROGRAM_ID);
      const scopes = values.scopes === undefined ? null : listed(values.scopes, '--scopes', isScope, SCOPES);
      const { secret, isGiven } = await programSecret(values['secret-stdin']);
      const { may } = await change(dataSource, config, 'program', id, (version) => enable(dataSource, 'program', [id, version, hashSecret(secret, config.indexKey), scopes]));
      say(isGiven ? `Enabled ${id} with ${may.join(', ')}.` : secret);
    },
  },
  'program:disable': {
    usage: 'program:disable --id ID',
    summary: 'keep a program out; a token that it has goes on for 15 minutes at most',
    run: (dataSource, config, args) => disable(dataSource, config, 'program', named(options(args, { id: { type: 'string' } }).values.id, '--id', PROGRAM_ID)),
  },
  'accounts:list': {
    usage: 'accounts:list',
    summary: 'staff with their roles and programs with their scopes, and who is disabled',
    async run(dataSource, _config, args) {
      options(args, {});
      for (const { kind, name, may, disabled_at: at } of await runStatement<AccountRow>(dataSource, LIST_ACCOUNTS, [])) {
        say(`${kind}  ${name}  ${at ? `disabled ${at.toISOString()}` : 'enabled'}  ${may.join(',')}`);
      }
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

/** Makes a change under a version above whatever was seen of that account, and notes it. Without the log nothing is begun. */
async function change<Made extends { readonly version: number }>(
  dataSource: DataSource, config: RegisterConfig, kind: AccountKind, name: string, make: (version: number) => Promise<Made>,
): Promise<Made> {
  const log = await ErasureLog.open(config);
  try {
    const versions = new AccountVersions(dataSource, log, config.indexKey);
    const made = await make(await versions.next(kind, name));
    await versions.note(kind, name, made.version);
    return made;
  } finally {
    await log.close();
  }
}

async function enable(dataSource: DataSource, kind: AccountKind, values: readonly [name: string, ...rest: readonly unknown[]]): Promise<Pick<AccountRow, 'may' | 'version'>> {
  const [enabled] = await runStatement<Pick<AccountRow, 'may' | 'version'>>(dataSource, ENABLE[kind], values);
  if (!enabled) throw nobody(kind, values[0]);
  return enabled;
}

async function disable(dataSource: DataSource, config: RegisterConfig, kind: AccountKind, name: string): Promise<void> {
  await change(dataSource, config, kind, name, async (version) => {
    const [disabled] = await runStatement<Pick<AccountRow, 'version'>>(dataSource, DISABLE[kind], [name, version]);
    if (!disabled) throw nobody(kind, name);
    return disabled;
  });
  say(`Disabled ${name}.`);
}

function nobody(kind: AccountKind, name: string): UsageError {
  return new UsageError(`There is no ${kind === 'staff' ? 'member of staff' : 'program'} called ${name}.`);
}

async function programSecret(isGiven = false): Promise<{ readonly secret: string; readonly isGiven: boolean }> {
  return { secret: isGiven ? await secretFromInput('the secret', SECRET_MIN_LENGTH) : randomBytes(32).toString('base64url'), isGiven };
}
