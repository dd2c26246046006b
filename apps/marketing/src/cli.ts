import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { errorFields, JsonLogger } from '#http/logger.js';
import { Metrics } from '#http/metrics.js';
import { AmqpConnection } from '#messaging/amqp-connection.js';
import { digestAll } from './contacts/address-digests.sql.js';
import { readDelivered } from './intake/delivered.js';
import { unannotated } from '#database/annotated-columns.js';
import { HELD_COLUMNS, TABLES_OF_NOBODY, TIES } from './held/held-columns.js';
import { IntakeService } from './intake/intake.service.js';
import { listParked, unpark } from './intake/parked.sql.js';
import { raiseMarketingEpoch } from './link/link.sql.js';
import { ConfigurationError } from '#service/configuration.js';
import { MARKETING_CONFIG, type MarketingConfig, readMarketingConfig } from './marketing.config.js';
import { MarketingModule } from './marketing.module.js';
import { ReconcileService } from './reconcile/reconcile.service.js';
import { Retention } from './retention/retention.service.js';
import { RESTORE_COMMANDS } from './restore/restore.commands.js';

const USAGE = `Operator commands of marketing. They use the same environment as the service, which may go on running.

  parked:list            messages put aside, with the reason
  parked:retry [id…]     apply them now (all, or the ones named)
  parked:drop id…        forget them; the register sends again what is still unanswered
  reconcile              compare with the register now, and repair
  digests:rebuild        after MARKETING_INDEX_KEY was changed, and while no instance of marketing runs
  retention:run [--dry-run]
                         forget now which people were in exports, and who looked at a person, long ago; --dry-run only counts
  personal-data:check    whether every column that knows a person is accounted for
  epoch:raise            after this database was restored: lists stay closed until the register has told everything anew

While no instance of marketing runs, around a restore (npm run restore does them all):

  erasures:replay        after a restore: erase the references on standard input (the register's erasures:log), whatever this database knows
                         of them; end exports that are not over, and delete every stored file
  memory:export          before the register is restored: apply what waits in the queues, then write what is remembered of every reference,
                         for the register's memory:take-in
`;

const LISTED = 1_000;
const BROKER_PATIENCE_MS = 10_000;

type Command = (app: INestApplicationContext, ids: readonly number[], isDryRun: boolean) => Promise<number>;
/** Those that may be asked what they would do. */
const DRY_RUN = ['retention:run'];

const COMMANDS: Record<string, Command> = {
  ...RESTORE_COMMANDS,

  'parked:list': async (app) => {
    const rows = await listParked(app.get(DataSource).manager, LISTED);
    for (const row of rows) {
      console.log([row.id, row.queue, row.reason, `${row.times} time(s)`, `${row.content.length} bytes`,
        `first ${row.firstAt.toISOString()}`, `last ${row.lastAt.toISOString()}`].join('  '));
    }
    console.log(`${rows.length} parked`);
    return 0;
  },

  'parked:retry': async (app, ids) => {
    const rows = await listParked(app.get(DataSource).manager, LISTED);
    let left = 0;
    for (const row of rows.filter(({ id }) => ids.length === 0 || ids.includes(id))) {
      const delivered = readDelivered(row.content);
      try {
        if (delivered.kind === 'unreadable') throw new ConfigurationError(delivered.reason);
        await app.get(IntakeService).applyTogether([delivered.message], async (manager) => { await unpark(manager, row.id); });
        console.log(`${row.id}  applied`);
      } catch (error) {
        left += 1;
        const { code, error: name } = errorFields(error);
        console.log(`${row.id}  still refused: ${delivered.kind === 'unreadable' ? delivered.reason : String(code ?? name)}`);
      }
    }
    return left === 0 ? 0 : 1;
  },

  'parked:drop': async (app, ids) => {
    if (ids.length === 0) {
      console.error('Name the ids to drop.');
      return 1;
    }
    for (const id of ids) console.log(`${id}  ${(await unpark(app.get(DataSource).manager, id)) ? 'dropped' : 'there is none'}`);
    return 0;
  },

  reconcile: async (app) => {
    if (!(await app.get(AmqpConnection).ready(BROKER_PATIENCE_MS))) {
      console.error('The broker is away; nothing was compared.');
      return 1;
    }
    const report = await app.get(ReconcileService).run();
    console.log(`${report.differingBuckets} bucket(s) differed, ${report.pulled} contact(s) to be fetched, `
      + `${report.takenOut} taken out, ${report.alarms} alarm(s)`);
    return report.alarms === 0 ? 0 : 2;
  },

  'digests:rebuild': async (app) => {
    const { indexKey } = app.get<MarketingConfig>(MARKETING_CONFIG);
    console.log(`${await app.get(DataSource).transaction((manager) => digestAll(manager, indexKey))} contact(s) are found by the new key.`);
    return 0;
  },

  'retention:run': async (app, _ids, isDryRun) => {
    const retention = app.get(Retention);
    const { exports, memberships, reads } = isDryRun ? await retention.preview() : await retention.run();
    const verb = isDryRun ? 'to be forgotten' : 'forgotten';
    console.log(`exports: ${memberships} membership(s) of ${exports} export(s) ${verb}\nreads: ${reads} ${verb}`);
    return 0;
  },

  'personal-data:check': async (app) => {
    const missing = await unannotated(app.get(DataSource).manager, { columns: HELD_COLUMNS, ofNobody: TABLES_OF_NOBODY }, TIES);
    for (const line of missing) console.error(line);
    console.log(`${missing.length} thing(s) to be accounted for in apps/marketing/src/held/held-columns.ts.`);
    return missing.length === 0 ? 0 : 1;
  },

  'epoch:raise': async (app) => {
    console.log(`The epoch of marketing is now ${await raiseMarketingEpoch(app.get(DataSource).manager)}.`);
    return 0;
  },
};

async function run([name, ...rest]: readonly string[]): Promise<number> {
  const command = name === undefined ? undefined : COMMANDS[name];
  const isDryRun = rest.includes('--dry-run') && DRY_RUN.includes(name ?? '');
  const ids = rest.filter((each) => !isDryRun || each !== '--dry-run').map(Number);
  if (command === undefined || ids.some((id) => !Number.isSafeInteger(id))) {
    const asked = name === '--help' || name === 'help';
    (asked ? console.log : console.error)(USAGE);
    return asked ? 0 : 1;
  }
  const config = readMarketingConfig(process.env);
  const logger = new JsonLogger('marketing-cli', 'error');
  const app = await NestFactory.createApplicationContext(
    MarketingModule.forOperator({ config, logger, metrics: new Metrics('marketing-cli') }), { logger, abortOnError: false },
  );
  try {
    return await command(app, ids, isDryRun);
  } finally {
    await app.close();
  }
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const { code, error: name } = errorFields(error);
  console.error(error instanceof ConfigurationError ? error.message : `It did not work: ${String(code ?? name)}`);
  process.exitCode = 1;
}
