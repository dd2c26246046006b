import 'reflect-metadata';
import type { DataSource } from 'typeorm';
import { errorCode } from '#database/database-errors.js';
import { ACCESS_COMMANDS } from './access/access.commands.js';
import { CERTIFICATE_KEY_COMMANDS } from './certificates/certificate-keys.commands.js';
import { CERTIFICATE_COMMANDS } from './certificates/certificates.commands.js';
import { registerDataSource } from './database/data-source.js';
import { assertRegisterKeys } from './database/key-checks.js';
import { ERASURE_RUN_COMMANDS } from './erasure-runs/erasure-runs.commands.js';
import { IMPORT_COMMANDS } from './imports/imports.commands.js';
import { LEFTOVERS_COMMANDS } from './leftovers/leftovers.commands.js';
import { PERSONAL_DATA_COMMANDS } from './personal-data/personal-data.commands.js';
import { readRegisterConfig, type RegisterConfig } from './register.config.js';
import { RESTORE_COMMANDS } from './restore/restore.commands.js';
import { RETENTION_COMMANDS } from './retention/retention.commands.js';
import { SUPPRESSION_COMMANDS } from './suppression/suppression.commands.js';
import { SYNC_COMMANDS } from './sync/sync.commands.js';

interface Command {
  readonly usage: string;
  readonly summary: string;
  run(dataSource: DataSource, config: RegisterConfig, args: string[]): Promise<void>;
}

const COMMANDS: Readonly<Record<string, Command>> = { ...ACCESS_COMMANDS, ...CERTIFICATE_KEY_COMMANDS, ...SYNC_COMMANDS, ...RETENTION_COMMANDS, ...ERASURE_RUN_COMMANDS, ...SUPPRESSION_COMMANDS, ...LEFTOVERS_COMMANDS, ...IMPORT_COMMANDS, ...RESTORE_COMMANDS, ...PERSONAL_DATA_COMMANDS };

/** They need neither database nor configuration. */
const OFFLINE: Readonly<Record<string, Omit<Command, 'run'> & { run(args: string[]): Promise<void> }>> = CERTIFICATE_COMMANDS;

function help(): string {
  const lines = Object.values({ ...COMMANDS, ...OFFLINE }).map(({ usage, summary }) => `  ${usage}\n      ${summary}`);
  return `Operator commands of the register\n\n${lines.join('\n')}\n`;
}

async function main([name, ...args]: string[]): Promise<number> {
  const [command, offline] = name === undefined ? [] : [COMMANDS[name], OFFLINE[name]];
  if (offline && !args.includes('--help')) {
    await offline.run(args);
    return 0;
  }
  if (!command || args.includes('--help')) {
    const known = command ?? offline;
    console.log(known ? `${known.usage}\n  ${known.summary}` : help());
    return known || name === undefined || name === '--help' ? 0 : 1;
  }
  const config = readRegisterConfig(process.env);
  const dataSource = await registerDataSource(config.databaseUrl, 2, config.queryTimeoutMs).initialize();
  try {
    await assertRegisterKeys(dataSource, config);
    await command.run(dataSource, config, args);
    return 0;
  } finally {
    await dataSource.destroy();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // Errors of the driver carry parameters, and a code: only our own sentences are shown.
  const own = error instanceof Error && errorCode(error) === undefined;
  console.error(own ? error.message : `The command failed: the database cannot be reached or refused the change (${errorCode(error) ?? 'unknown'}).`);
  process.exitCode = 1;
}
