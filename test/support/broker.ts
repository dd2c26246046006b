import { connect, type ChannelModel } from 'amqplib';
import { randomUUID } from 'node:crypto';
import { waitFor } from './wait-for.js';

/** What the management API tells of a queue; counts there are seconds old, so use `ready` for them. */
export interface QueueInfo {
  readonly name: string;
  readonly type: string;
  readonly durable: boolean;
  readonly arguments: Record<string, unknown>;
}

/** A virtual host of its own on the real broker, for one test file. */
export interface TestVhost {
  /** AMQP URL of the virtual host. */
  readonly url: string;
  readonly name: string;
  queues(): Promise<QueueInfo[]>;
  /** Declares a queue over the management API, with any arguments. */
  declareQueue(queue: string, args: Record<string, unknown>): Promise<void>;
  deleteQueue(queue: string): Promise<void>;
  deleteExchange(exchange: string): Promise<void>;
  /** Removes every binding of the queue to the exchange. */
  unbind(exchange: string, queue: string): Promise<void>;
  /** Routing keys by which the queue is bound to the exchange. */
  bindings(exchange: string, queue: string): Promise<string[]>;
  /** Messages ready in the queue at this moment (without those delivered and not acked). */
  ready(queue: string): Promise<number>;
  consumers(queue: string): Promise<number>;
  /** Seconds between heartbeats, as agreed with each connection whose client name contains `name`; the list lags behind by seconds. */
  heartbeats(name: string): Promise<number[]>;
  /** Lets the broker close the connections whose client name contains `name`; returns how many. */
  closeConnections(name?: string): Promise<number>;
  /** Closes the probe and deletes the virtual host with everything in it. */
  delete(): Promise<void>;
}

/** Uses RABBITMQ_MANAGEMENT_URL (`http://user:password@host:port`) and the host and port of AMQP_URL. */
export async function createVhost(label = 'test'): Promise<TestVhost> {
  const name = `${label}-${randomUUID()}`;
  const api = managementApi();
  await api('PUT', `/vhosts/${name}`, {});
  await api('PUT', `/permissions/${name}/${api.user}`, { configure: '.*', write: '.*', read: '.*' });
  const url = new URL(required('AMQP_URL'));
  url.pathname = `/${name}`;
  let probe: ChannelModel | undefined;

  const passive = async (queue: string): Promise<{ messageCount: number; consumerCount: number }> => {
    probe ??= await openProbe(url.href, () => { probe = undefined; });
    const channel = await probe.createChannel();
    channel.on('error', () => undefined); // a missing queue is told by the rejection below
    try {
      return await channel.checkQueue(queue);
    } finally {
      await channel.close().catch(() => undefined);
    }
  };
  const bindingsOf = (exchange: string, queue: string): Promise<{ routing_key: string; properties_key: string }[]> =>
    api('GET', `/bindings/${name}/e/${exchange}/q/${queue}`);

  return {
    url: url.href,
    name,
    queues: () => api<QueueInfo[]>('GET', `/queues/${name}`),
    declareQueue: async (queue, args) => { await api('PUT', `/queues/${name}/${queue}`, { durable: true, arguments: args }); },
    deleteQueue: async (queue) => { await api('DELETE', `/queues/${name}/${queue}`); },
    deleteExchange: async (exchange) => { await api('DELETE', `/exchanges/${name}/${exchange}`); },
    unbind: async (exchange, queue) => {
      for (const { properties_key: key } of await bindingsOf(exchange, queue)) {
        await api('DELETE', `/bindings/${name}/e/${exchange}/q/${queue}/${encodeURIComponent(key)}`);
      }
    },
    bindings: async (exchange, queue) => (await bindingsOf(exchange, queue)).map((binding) => binding.routing_key),
    ready: async (queue) => (await passive(queue)).messageCount,
    consumers: async (queue) => (await passive(queue)).consumerCount,
    heartbeats: async (clientName) => (await api<{ timeout: number; user_provided_name?: string }[]>('GET', `/vhosts/${name}/connections`))
      .filter((one) => one.user_provided_name?.includes(clientName) === true).map(({ timeout }) => timeout),
    closeConnections: async (clientName = '') => {
      // The list lags behind: wait until it shows at least one.
      const found = await waitFor(`a connection named ${clientName}`, async () => {
        const all = await api<{ name: string; user_provided_name?: string }[]>('GET', `/vhosts/${name}/connections`);
        const matching = all.filter((one) => one.user_provided_name?.includes(clientName) === true && one.user_provided_name !== PROBE);
        return matching.length > 0 && matching;
      });
      for (const one of found) await api('DELETE', `/connections/${encodeURIComponent(one.name)}`);
      return found.length;
    },
    delete: async () => {
      await probe?.close().catch(() => undefined);
      await api('DELETE', `/vhosts/${name}`);
    },
  };
}

const PROBE = 'test-probe';

async function openProbe(url: string, onClose: () => void): Promise<ChannelModel> {
  const model = await connect(url, { clientProperties: { connection_name: PROBE } });
  model.on('error', () => undefined);
  model.on('close', onClose);
  return model;
}

interface ManagementApi {
  <T>(method: string, path: string, body?: object): Promise<T>;
  readonly user: string;
}

function managementApi(): ManagementApi {
  const url = new URL(required('RABBITMQ_MANAGEMENT_URL'));
  const authorization = `Basic ${Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString('base64')}`;
  const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const response = await fetch(`${url.origin}/api${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const gone = method === 'DELETE' && response.status === 404;
    if (!response.ok && !gone) throw new Error(`${method} ${path} answered ${String(response.status)}: ${await response.text()}`);
    return (response.headers.get('content-type') === 'application/json' && !gone ? await response.json() : undefined) as T;
  };
  return Object.assign(call, { user: decodeURIComponent(url.username) });
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} must be set for this test`);
  return value;
}
