import { z } from 'zod';
import { AppliedSchema } from '#contracts/applied.v1.js';
import { ConsentChangedSchema } from '#contracts/consent-changed.v1.js';
import { PersonHeldReplySchema, PersonHeldRequestSchema } from '#contracts/person-held.v1.js';
import { ProjectionReplySchema, ProjectionRequestSchema } from '#contracts/projection.v1.js';
import { BucketReplySchema, BucketRequestSchema, DigestReplySchema, DigestRequestSchema } from '#contracts/reconcile.v1.js';
import { NeedlesReplySchema, NeedlesRequestSchema, SearchAnsweredSchema, SearchRequestedSchema } from '#contracts/search.v1.js';
import { WatermarkSchema } from '#contracts/watermark.v1.js';
import { EXCHANGE, QUEUES, ROUTING, UNROUTABLE_EXCHANGE, UNROUTABLE_QUEUE } from '#messaging/topology.js';
import { EXAMPLES } from './examples.js';

export const MESSAGES = {
  consentChanged: { schema: ConsentChangedSchema, title: 'Something changed about a reference; no personal data', example: EXAMPLES.consentChanged },
  watermark: { schema: WatermarkSchema, title: 'Up to when everything is answered', example: EXAMPLES.watermark },
  applied: { schema: AppliedSchema, title: 'What marketing has applied', example: EXAMPLES.applied },
  projectionRequest: { schema: ProjectionRequestSchema, title: 'What may marketing hold of these references?', example: EXAMPLES.projectionRequest },
  projectionReply: { schema: ProjectionReplySchema, title: 'What marketing may hold now; personal data', example: EXAMPLES.projectionReply },
  digestRequest: { schema: DigestRequestSchema, title: 'Digests of these buckets?', example: EXAMPLES.digestRequest },
  digestReply: { schema: DigestReplySchema, title: 'Keyed digests by bucket', example: EXAMPLES.digestReply },
  bucketRequest: { schema: BucketRequestSchema, title: 'What is in this bucket?', example: EXAMPLES.bucketRequest },
  bucketReply: { schema: BucketReplySchema, title: 'References of a bucket with order and keyed digest', example: EXAMPLES.bucketReply },
  searchRequested: { schema: SearchRequestedSchema, title: 'Search all stores again for the erased; no personal data', example: EXAMPLES.searchRequested },
  searchAnswered: { schema: SearchAnsweredSchema, title: 'What the search has found, signed; names nobody', example: EXAMPLES.searchAnswered },
  needlesRequest: { schema: NeedlesRequestSchema, title: 'What to search for in this round?', example: EXAMPLES.needlesRequest },
  needlesReply: { schema: NeedlesReplySchema, title: 'Values of erased people to search for; personal data', example: EXAMPLES.needlesReply },
  personHeldRequest: { schema: PersonHeldRequestSchema, title: 'What does marketing hold of this reference?', example: EXAMPLES.personHeldRequest },
  personHeldReply: { schema: PersonHeldReplySchema, title: 'Everything marketing holds of one person; personal data', example: EXAMPLES.personHeldReply },
} as const;
type MessageName = keyof typeof MESSAGES;

/** The replies of RPC come wrapped: either what was asked for, or a code. */
const REPLIES = {
  projectionReply: 'projection.get',
  digestReply: 'digest.get',
  bucketReply: 'bucket.get',
  needlesReply: 'search.needles.get',
  personHeldReply: 'person.held.get',
} as const satisfies Partial<Record<MessageName, string>>;
const isReply = (name: string): name is keyof typeof REPLIES => name in REPLIES;

/** Unknown fields are allowed for receivers, so that fields can be added; AsyncAPI speaks JSON Schema draft 7. */
export function jsonSchemaOf(name: MessageName): Record<string, unknown> {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(MESSAGES[name].schema, { io: 'input', target: 'draft-7' });
  if (!isReply(name)) return schema;
  const error = { type: 'object', properties: { error: { type: 'string', description: 'A code, never a text' } }, required: ['error'] };
  return { oneOf: [{ type: 'object', properties: { ok: schema }, required: ['ok'] }, error] };
}

export const exampleOf = (name: MessageName): object => (isReply(name) ? { ok: MESSAGES[name].example } : MESSAGES[name].example);

const message = (name: string): { $ref: string } => ({ $ref: `#/components/messages/${name}` });
const channel = (name: string): { $ref: string } => ({ $ref: `#/channels/${name}` });
const inChannel = (at: string, name: string): { $ref: string } => ({ $ref: `#/channels/${at}/messages/${name}` });

const routed = (routingKey: string, queue: string, name: MessageName, description: string, more: object = {}): object => ({
  address: routingKey,
  description,
  messages: { [name]: message(name) },
  bindings: { amqp: { is: 'routingKey', exchange: { name: EXCHANGE, type: 'topic', durable: true, autoDelete: false, vhost: '/' }, bindingVersion: '0.3.0' } },
  'x-queue': { name: queue, durable: true, type: 'quorum', ...more },
});

const request = (pattern: string, question: MessageName, answer: MessageName, at = 'requests', action = 'receive'): object => ({
  action,
  channel: channel(at),
  summary: `${pattern}: ${MESSAGES[question].title}`,
  messages: [inChannel(at, question)],
  reply: { address: { location: '$message.header#/replyTo', description: 'Direct reply-to: neither queued nor stored by the broker' }, channel: channel('replies'), messages: [inChannel('replies', answer)] },
});

/** The AsyncAPI document of everything between register and marketing, as the register sees it. */
export function asyncApiDocument(): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Lupa: register and marketing',
      version: '1.0.0',
      description:
        'Seen from the register: it sends what marketing receives, and the other way round. Removal is pushed, addition is pulled, and only marketing’s own answer counts. ' +
        `Messages are JSON, persistent, mandatory and confirmed, on the exchange ${EXCHANGE}, whose alternate exchange ${UNROUTABLE_EXCHANGE} leads to the queue ${UNROUTABLE_QUEUE}. ` +
        'No queue carries personal data. Made from the zod schemas in libs/contracts by "npm run asyncapi"; do not edit.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: { broker: { host: 'localhost:5672', protocol: 'amqp', protocolVersion: '0-9-1', description: 'RabbitMQ 3.10 or newer, named by AMQP_URL' } },
    channels: {
      removals: routed(ROUTING.removal, QUEUES.removals, 'consentChanged', 'A channel was taken away, or the person is out or erased. Overtakes everything in the other queue.'),
      changes: routed(ROUTING.change, QUEUES.changes, 'consentChanged', 'A channel was added or data changed. Marketing pulls the data before it answers.'),
      watermark: routed(ROUTING.watermark, QUEUES.watermark, 'watermark', 'Every two seconds. Only the newest is of interest.', { messageTtlMs: 60_000, maxLength: 1 }),
      applied: routed(ROUTING.applied, QUEUES.applied, 'applied', 'Marketing’s answers; the only thing that clears a pending change. Empty at marketing’s start.'),
      search: routed(ROUTING.search, QUEUES.search, 'searchRequested', 'Erased people are to be searched for in every store of marketing. A round that was not answered is asked for anew, so few need to wait.', { maxLength: 10 }),
      searched: routed(ROUTING.searched, QUEUES.searched, 'searchAnswered', 'Marketing’s statement about a round. The request is acknowledged only after it.'),
      requests: {
        address: QUEUES.rpc,
        description: 'Questions of marketing. The AMQP property "type" holds the pattern; requests expire after 10 seconds.',
        messages: Object.fromEntries(['projectionRequest', 'digestRequest', 'bucketRequest', 'needlesRequest'].map((name) => [name, message(name)])),
        bindings: { amqp: { is: 'queue', queue: { name: QUEUES.rpc, durable: true, exclusive: false, autoDelete: false, vhost: '/' }, bindingVersion: '0.3.0' } },
      },
      marketingRequests: {
        address: QUEUES.marketingRpc,
        description: 'Questions of the register, in the same way. Marketing answers them while it runs; nothing waits for it.',
        messages: { personHeldRequest: message('personHeldRequest') },
        bindings: { amqp: { is: 'queue', queue: { name: QUEUES.marketingRpc, durable: true, exclusive: false, autoDelete: false, vhost: '/' }, bindingVersion: '0.3.0' } },
      },
      replies: {
        address: null,
        description: 'Direct reply-to of the one who asked (amq.rabbitmq.reply-to).',
        messages: Object.fromEntries(Object.keys(REPLIES).map((name) => [name, message(name)])),
      },
    },
    operations: {
      tellRemoval: { action: 'send', channel: channel('removals'), summary: 'Take away at once', messages: [inChannel('removals', 'consentChanged')] },
      tellChange: { action: 'send', channel: channel('changes'), summary: 'Something was added or corrected', messages: [inChannel('changes', 'consentChanged')] },
      tellWatermark: { action: 'send', channel: channel('watermark'), summary: 'How far marketing has answered', messages: [inChannel('watermark', 'watermark')] },
      hearApplied: { action: 'receive', channel: channel('applied'), summary: 'Clear what marketing has answered', messages: [inChannel('applied', 'applied')] },
      askForSearch: { action: 'send', channel: channel('search'), summary: 'Search again for the erased', messages: [inChannel('search', 'searchRequested')] },
      hearSearched: { action: 'receive', channel: channel('searched'), summary: 'Close the cases of which nothing was found', messages: [inChannel('searched', 'searchAnswered')] },
      answerProjection: request(REPLIES.projectionReply, 'projectionRequest', 'projectionReply'),
      answerDigest: request(REPLIES.digestReply, 'digestRequest', 'digestReply'),
      answerBucket: request(REPLIES.bucketReply, 'bucketRequest', 'bucketReply'),
      answerNeedles: request(REPLIES.needlesReply, 'needlesRequest', 'needlesReply'),
      askWhatIsHeld: request(REPLIES.personHeldReply, 'personHeldRequest', 'personHeldReply', 'marketingRequests', 'send'),
    },
    components: {
      messages: Object.fromEntries(
        (Object.keys(MESSAGES) as MessageName[]).map((name) => [
          name,
          { name, title: MESSAGES[name].title, contentType: 'application/json', payload: jsonSchemaOf(name), examples: [{ payload: exampleOf(name) }] },
        ]),
      ),
    },
  };
}

export const ASYNCAPI_FILE = 'docs/asyncapi.json';
export const asyncApiText = (): string => `${JSON.stringify(asyncApiDocument(), null, 2)}\n`;
