import { type Channel, connect } from 'amqplib';
import { QUEUES } from '#messaging/topology.js';
import { freePort } from './free-port.js';
import { run, type Service, startService } from './child.js';
import { createDatabase } from './databases.js';
import type { Bench } from './figure.js';
import { migrate } from './lupa.js';

export const BASELINE_QUEUE = 'baseline_marketing';

function need(environment: Bench['environment'], name: string): string {
  const value = environment[name];
  if (!value) throw new Error(`${name} is missing: start the bench by "npm run bench"`);
  return value;
}

export const registerDatabase = (bench: Bench): string => need(bench.environment, 'REGISTER_DATABASE_URL');
export const erasureLogDatabase = (bench: Bench): string => need(bench.environment, 'REGISTER_ERASURE_LOG_URL');
export const marketingDatabase = (bench: Bench): string => need(bench.environment, 'MARKETING_DATABASE_URL');

export const adminDatabase = (bench: Bench): string => need(bench.environment, 'ADMIN_DATABASE_URL');

export const amqpUrl = (bench: Bench): string => need(bench.environment, 'AMQP_URL');

/** Both services' databases and queues made anew, so that no figure finds what another one has left. */
export async function startAfresh(bench: Bench): Promise<void> {
  const admin = adminDatabase(bench);
  await createDatabase(admin, registerDatabase(bench), 'lupa_register');
  await createDatabase(admin, erasureLogDatabase(bench), 'lupa_erasure_log');
  await createDatabase(admin, marketingDatabase(bench), 'lupa_marketing');
  await migrate(bench.environment);
  await deleteQueues(bench, Object.values(QUEUES));
}

/** A database with the register's tables, and nobody but pgbench at work in it. */
export async function databaseForLimit(bench: Bench): Promise<string> {
  const url = await createDatabase(adminDatabase(bench), registerDatabase(bench), 'lupa_bench_limit');
  await run(process.execPath, ['dist/apps/register/src/database/migrate.js', 'up'], { REGISTER_DATABASE_URL: url, REGISTER_ERASURE_LOG_URL: erasureLogDatabase(bench) });
  return url;
}

/** The tutorial program on a database of its own, its queue without a consumer, as Lupa's is meanwhile. */
export function startBaseline(bench: Bench): Promise<Service & { databaseUrl: string }> {
  return startTutorial(bench, 'baseline', 'dist/bench/baseline/main.js', '/customers/count', {});
}

/** The tutorial program's other half: it stores what the events of its queue say. */
export async function startBaselineMarketing(bench: Bench): Promise<Service & { queue: string }> {
  const queue = 'baseline_contacts';
  const service = await startTutorial(bench, 'baseline_marketing', 'dist/bench/baseline/marketing/main.js', '/contacts/count', { QUEUE: queue });
  return { ...service, queue };
}

async function startTutorial(bench: Bench, name: string, entry: string, readyPath: string, own: Record<string, string>): Promise<Service & { databaseUrl: string }> {
  const databaseUrl = await createDatabase(adminDatabase(bench), registerDatabase(bench), `lupa_bench_${name}`);
  const port = await freePort();
  const service = await startService({
    name, entry, readyPath, url: `http://127.0.0.1:${port}`,
    environment: {
      NODE_ENV: 'production', PORT: String(port), DATABASE_URL: databaseUrl, AMQP_URL: amqpUrl(bench),
      LUPA_LOG_DIRECTORY: need(bench.environment, 'LUPA_LOG_DIRECTORY'), ...own,
    },
  });
  return { ...service, databaseUrl };
}

/** Empties queues that nobody reads at the moment. */
export function purge(bench: Bench, queues: readonly string[]): Promise<void> {
  return onChannel(bench, async (channel) => { for (const queue of queues) await channel.purgeQueue(queue); });
}

function deleteQueues(bench: Bench, queues: readonly string[]): Promise<void> {
  return onChannel(bench, async (channel) => { for (const queue of queues) await channel.deleteQueue(queue); });
}

async function onChannel(bench: Bench, work: (channel: Channel) => Promise<void>): Promise<void> {
  const connection = await connect(amqpUrl(bench));
  const channel = await connection.createChannel();
  await work(channel);
  await connection.close();
}
