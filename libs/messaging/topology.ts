import type { Channel, Options } from 'amqplib';
import type { AmqpConnection } from './amqp-connection.js';
import { brokerErrorCode } from './error-code.js';

/** Topic exchange for everything between register and marketing. */
export const EXCHANGE = 'register.marketing';

/**
 * Takes what no queue is bound for, so that nothing vanishes. A message taken here counts as routed for the
 * broker: its publisher sees a plain confirm, and learns of the trouble by the missing answer.
 */
export const UNROUTABLE_EXCHANGE = 'register.marketing.unroutable';
export const UNROUTABLE_QUEUE = 'marketing.unroutable';

export const QUEUES = {
  removals: 'marketing.removals',
  changes: 'marketing.changes',
  watermark: 'marketing.watermark',
  applied: 'register.applied',
  /** "Search your stores again for the erased": few, and slow to be done, so they hold up nothing else. */
  search: 'marketing.search',
  searched: 'register.searched',
  /** Requests to the register; published straight to the queue, so that a missing queue is told at once. */
  rpc: 'register.rpc',
  /** The same, to marketing. */
  marketingRpc: 'marketing.rpc',
} as const;

export const ROUTING = {
  removal: 'consent.removal',
  change: 'consent.change',
  watermark: 'watermark',
  applied: 'applied',
  search: 'search',
  searched: 'searched',
} as const;

interface QueueDefinition {
  readonly name: string;
  readonly routingKey?: string;
  readonly options?: Options.AssertQueue;
}

const DAY_MS = 86_400_000;

const QUEUE_DEFINITIONS: readonly QueueDefinition[] = [
  { name: QUEUES.removals, routingKey: ROUTING.removal },
  { name: QUEUES.changes, routingKey: ROUTING.change },
  { name: QUEUES.watermark, routingKey: ROUTING.watermark, options: { messageTtl: 60_000, maxLength: 1 } },
  { name: QUEUES.applied, routingKey: ROUTING.applied },
  // A round is asked for anew when it was not answered; of those that wait for a marketing that is away, the newest are enough.
  { name: QUEUES.search, routingKey: ROUTING.search, options: { maxLength: 10 } },
  { name: QUEUES.searched, routingKey: ROUTING.searched },
  { name: QUEUES.rpc },
  { name: QUEUES.marketingRpc },
  // Bounded, because unanswered changes are sent again and again while a queue stays unbound.
  { name: UNROUTABLE_QUEUE, options: { messageTtl: DAY_MS, maxLength: 10_000 } },
];

/** 4.x dead-letters or drops a message after 20 deliveries; a crashing consumer must not cost a healthy message. */
const DELIVERY_LIMIT = 1_000_000_000;

const PRECONDITION_FAILED = '406';

interface Declaration {
  readonly name: string;
  assert(channel: Channel): Promise<unknown>;
  check(channel: Channel): Promise<unknown>;
}

interface TopologyState {
  /** What was found with other arguments than ours; from then on it is only looked at. */
  readonly adopted: Set<string>;
  running?: Promise<void> | undefined;
}

const states = new WeakMap<AmqpConnection, TopologyState>();

/**
 * Declares exchanges, queues and bindings; changes nothing where they exist. What exists with other arguments
 * (made by an older release, or before the broker was upgraded) is used as it is. Calls made while one is
 * running share it.
 * @throws BrokerUnavailable without a connection, and amqplib's error when the broker refuses.
 */
export function assertTopology(connection: AmqpConnection): Promise<void> {
  const state = states.get(connection) ?? { adopted: new Set<string>() };
  states.set(connection, state);
  state.running ??= declareAll(connection, state.adopted).finally(() => { state.running = undefined; });
  return state.running;
}

async function declareAll(connection: AmqpConnection, adopted: Set<string>): Promise<void> {
  let channel = await connection.createChannel();
  try {
    for (const declaration of declarations(connection.brokerVersion())) {
      if (await declare(channel, declaration, adopted) === 'as-declared') continue;
      connection.log.event('adopted-with-other-arguments', { queue: declaration.name }, 'warn');
      channel = await connection.createChannel();
    }
    await channel.bindQueue(UNROUTABLE_QUEUE, UNROUTABLE_EXCHANGE, '');
    for (const { name, routingKey } of QUEUE_DEFINITIONS) {
      if (routingKey !== undefined) await channel.bindQueue(name, EXCHANGE, routingKey);
    }
  } finally {
    await channel.close().catch(() => undefined);
  }
}

/** 'adopted': it exists with other arguments, and the broker has closed the channel over it. */
async function declare(channel: Channel, declaration: Declaration, adopted: Set<string>): Promise<'as-declared' | 'adopted'> {
  const { name } = declaration;
  try {
    await (adopted.has(name) ? declaration.check(channel) : declaration.assert(channel));
    return 'as-declared';
  } catch (error) {
    if (adopted.delete(name)) throw error; // gone since it was adopted: the next round declares it
    if (brokerErrorCode(error) !== PRECONDITION_FAILED) throw error;
    adopted.add(name);
    return 'adopted';
  }
}

function declarations(brokerVersion: string | undefined): Declaration[] {
  const exchange = (name: string, type: string, options?: Options.AssertExchange): Declaration => ({
    name: `exchange ${name}`,
    assert: (channel) => channel.assertExchange(name, type, options),
    check: (channel) => channel.checkExchange(name),
  });
  const queue = (definition: QueueDefinition): Declaration => ({
    name: `queue ${definition.name}`,
    assert: (channel) => channel.assertQueue(definition.name, queueOptions(definition, brokerVersion)),
    check: (channel) => channel.checkQueue(definition.name),
  });
  return [
    exchange(UNROUTABLE_EXCHANGE, 'fanout'),
    exchange(EXCHANGE, 'topic', { alternateExchange: UNROUTABLE_EXCHANGE }),
    ...QUEUE_DEFINITIONS.map(queue),
  ];
}

function queueOptions({ options }: QueueDefinition, brokerVersion = ''): Options.AssertQueue {
  const hasDefaultLimit = Number.parseInt(brokerVersion, 10) >= 4;
  return {
    ...options,
    durable: true,
    arguments: { 'x-queue-type': 'quorum', ...(hasDefaultLimit ? { 'x-delivery-limit': DELIVERY_LIMIT } : {}) },
  };
}
