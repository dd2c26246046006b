import type { INestApplicationContext } from '@nestjs/common';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { DataSource } from 'typeorm';
import { RefSchema } from '#contracts/order.js';
import { type Remembered } from '#contracts/remembered.v1.js';
import { AmqpConnection } from '#messaging/amqp-connection.js';
import { drainQueue } from '#messaging/drain-queue.js';
import { QUEUES } from '#messaging/topology.js';
import { ConfigurationError } from '#service/configuration.js';
import { inTransaction } from '../database/transaction.js';
import { FileStore } from '../exports/file-store.service.js';
import { IntakeService } from '../intake/intake.service.js';
import { endOpenExports, eraseForgotten, readMemory } from './restore.sql.js';

const ERASED_TOGETHER = 500;
const READ_TOGETHER = 5_000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';
const BROKER_PATIENCE_MS = 10_000;

/** What still waits in the queues is newer than what is remembered. @throws ConfigurationError without the broker */
async function drainQueues(app: INestApplicationContext): Promise<void> {
  const connection = app.get(AmqpConnection);
  if (!(await connection.ready(BROKER_PATIENCE_MS))) throw new ConfigurationError('The broker is away, and with it what waits there to be applied. Nothing was written.');
  let applied = 0;
  for (const queue of [QUEUES.removals, QUEUES.changes]) applied += await drainQueue(connection, queue, (batch) => app.get(IntakeService).take(queue, batch));
  console.error(`${applied} waiting message(s) applied.`);
}

/** Operator commands about a restore of either side. They are used while no instance of marketing runs, and may be repeated. */
export const RESTORE_COMMANDS = {
  'erasures:replay': async (app: INestApplicationContext): Promise<number> => {
    let [read, forgotten] = [0, 0];
    const erase = async (refs: readonly string[]): Promise<void> => {
      forgotten += await inTransaction(app.get(DataSource), (manager) => eraseForgotten(manager, refs));
      read += refs.length;
    };
    const batch: string[] = [];
    for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
      if (line.trim() === '') continue;
      const ref = RefSchema.safeParse(line.trim());
      if (!ref.success) throw new ConfigurationError(`Line ${read + batch.length + 1} is no reference; those before it may have been erased. It is safe to begin again.`);
      batch.push(ref.data);
      if (batch.length === ERASED_TOGETHER) await erase(batch.splice(0));
    }
    if (batch.length > 0) await erase(batch);
    const ended = await inTransaction(app.get(DataSource), endOpenExports);
    const files = app.get(FileStore);
    const stored = await files.list();
    for (const { id, number } of stored) await files.remove(id, number);
    console.log(`${read} erasure(s) replayed, ${forgotten} of them unknown to this database; ${ended} export(s) ended, ${stored.length} stored file(s) deleted.`);
    return 0;
  },

  'memory:export': async (app: INestApplicationContext): Promise<number> => {
    await drainQueues(app);
    const { manager } = app.get(DataSource);
    for (let behind: string | undefined = BEFORE_ALL; behind !== undefined;) {
      const rows = await readMemory(manager, behind, READ_TOGETHER);
      const lines = rows.map((row) => `${JSON.stringify({ schema: 'remembered.v1', ...row } satisfies Remembered)}\n`);
      if (lines.length > 0 && !process.stdout.write(lines.join(''))) await once(process.stdout, 'drain');
      behind = rows.at(-1)?.ref;
    }
    return 0;
  },
} as const;
