import { randomUUID } from 'node:crypto';
import type { AmqpConnection } from '#messaging/amqp-connection.js';
import type { Delivery } from '#messaging/batch-server.js';
import { ConfirmingClient } from '#messaging/confirming-client.js';
import { QUEUES, ROUTING } from '#messaging/topology.js';
import { type Applied, AppliedSchema } from '#contracts/applied.v1.js';
import type { Channel } from '#contracts/channel.js';
import type { ConsentChanged } from '#contracts/consent-changed.v1.js';
import type { Order } from '#contracts/order.js';
import { type Projection, projectionDigest, type ProjectionReply, ProjectionRequestSchema } from '#contracts/projection.v1.js';
import { bucketDigest, type BucketEntry, bucketOf, BucketRequestSchema, DigestRequestSchema, linkKeyCheck } from '#contracts/reconcile.v1.js';
import { type NeedlesReply, NeedlesRequestSchema, type SearchAnswered, SearchAnsweredSchema, UNKNOWN_ROUND } from '#contracts/search.v1.js';
import type { Watermark } from '#contracts/watermark.v1.js';
import { Opened, subscription } from '#test/messaging/support.js';
import { waitFor } from '#test/support/wait-for.js';

type Answered = Order & { readonly ref: string; readonly statement?: string };

/** The register's side of the protocol over the real broker: told by a test what it knows and says. */
export class FakeRegister {
  /** What it hands out, by reference. */
  readonly people = new Map<string, Projection>();
  readonly heard: Applied[] = [];
  /** Whom it has searched for, by round; it knows no other round. */
  readonly rounds = new Map<string, NeedlesReply['cases']>();
  readonly searched: SearchAnswered[] = [];
  private readonly opened = new Opened();
  private readonly rpcServer = new Opened();
  private readonly connection: AmqpConnection;
  private readonly client: ConfirmingClient;

  constructor(private readonly url: string, private readonly digestKey: Buffer) {
    this.connection = this.opened.connection(url, 'fake-register');
    this.client = new ConfirmingClient(this.connection);
    this.opened.server(this.connection, [subscription(QUEUES.applied, 'applied', { maxWaitMs: 1 }), subscription(QUEUES.searched, 'searched', { maxWaitMs: 1 })], {
      applied: async (batch: Delivery[]) => {
        this.heard.push(...batch.map(({ content }) => AppliedSchema.parse(JSON.parse(content.toString('utf8')))));
        await Promise.resolve();
      },
      searched: async (batch: Delivery[]) => {
        this.searched.push(...batch.map(({ content }) => SearchAnsweredSchema.parse(JSON.parse(content.toString('utf8')))));
        await Promise.resolve();
      },
    });
  }

  /** Answers projection.get, digest.get, bucket.get and search.needles.get from now on. */
  come(): void {
    const connection = this.rpcServer.connection(this.url, 'fake-register-rpc');
    this.rpcServer.server(connection, [], {
      'projection.get': (request: unknown) => Promise.resolve(this.projections(request)),
      'digest.get': (request: unknown) => Promise.resolve({
        schema: 'digest.v1', epoch: this.epoch,
        digests: DigestRequestSchema.parse(request).buckets.map((bucket) => ({ bucket, digest: bucketDigest(this.entries(bucket)) })),
        keyCheck: linkKeyCheck(this.digestKey),
      }),
      'bucket.get': (request: unknown) => Promise.resolve({ schema: 'bucket.v1', entries: this.entries(BucketRequestSchema.parse(request).bucket) }),
      'search.needles.get': async (request: unknown) => Promise.resolve(this.needles(request)),
    }, QUEUES.rpc);
  }

  /** Answers no request any more; messages still go out. */
  async leave(): Promise<void> {
    await this.rpcServer.closeAll();
  }

  async close(): Promise<void> {
    await this.leave();
    await this.opened.closeAll();
  }

  /** Its epoch, as digests and watermarks tell it. */
  epoch = 1;

  /** Publishes and waits for the confirms; removals and changes go their own ways. */
  async tell(...messages: readonly (ConsentChanged | object)[]): Promise<void> {
    await this.publish(messages.map((body) => ({
      routingKey: 'channels' in body && body.channels.length === 0 ? ROUTING.removal : ROUTING.change, body,
    })));
  }

  /** Asks to search again for these; returns the round. */
  async askForSearch(cases: NeedlesReply['cases']): Promise<string> {
    const roundId = randomUUID();
    this.rounds.set(roundId, cases);
    await this.publish([{ routingKey: ROUTING.search, body: { schema: 'search.requested.v1', roundId } }]);
    return roundId;
  }

  /** The statement that marketing makes about a round. */
  async statement(roundId: string): Promise<string> {
    return (await waitFor('the answer about a round', () => this.searched.find((answer) => answer.roundId === roundId))).statement;
  }

  /** Says how far marketing has come; by default: up to this moment, of the marketing heard last. Returns this moment. */
  async watermark(changes: Partial<Watermark> = {}): Promise<string> {
    const now = new Date().toISOString();
    const marketingEpoch = this.heard.at(-1)?.marketingEpoch ?? null;
    await this.publish([{ routingKey: ROUTING.watermark, body: {
      schema: 'watermark.v1', epoch: this.epoch, marketingEpoch, watermark: now, issuedAt: now, pending: 0, ...changes,
    } }]);
    return now;
  }

  /** Every answer about a reference, in the order they came. */
  answers(ref: string): Answered[] {
    return this.heard.flatMap((applied): Answered[] => [...applied.answers, ...applied.erasures]).filter((answer) => answer.ref === ref);
  }

  /** Waits for the `count`th answer about a reference. */
  answer(ref: string, count = 1): Promise<Answered> {
    return waitFor(`answer ${count}`, () => this.answers(ref)[count - 1]);
  }

  private async publish(messages: { routingKey: string; body: object }[]): Promise<void> {
    const outcomes = await this.client.publishAll(messages);
    if (outcomes.some((outcome) => outcome !== 'confirmed')) throw new Error('the fake register could not publish');
  }

  private projections(request: unknown): ProjectionReply {
    const { refs } = ProjectionRequestSchema.parse(request);
    return {
      schema: 'projection.v1',
      projections: refs.flatMap((ref) => this.people.get(ref) ?? []),
      unknown: refs.filter((ref) => !this.people.has(ref)),
    };
  }

  /** Two cases a reply. */
  private needles(request: unknown): NeedlesReply {
    const { roundId, after } = NeedlesRequestSchema.parse(request);
    const all = this.rounds.get(roundId);
    if (all === undefined) throw Object.assign(new Error(), { code: UNKNOWN_ROUND });
    const from = all.findIndex(({ caseId }) => caseId === after) + 1;
    const cases = all.slice(from, from + 2);
    return { schema: 'search.needles.v1', cases, next: from + 2 < all.length ? cases.at(-1)!.caseId : null };
  }

  private entries(bucket: number): BucketEntry[] {
    return [...this.people.values()]
      .filter(({ ref, grants }) => bucketOf(ref) === bucket && grants.length > 0)
      .map((person) => ({ ref: person.ref, epoch: person.epoch, version: person.version, digest: projectionDigest(this.digestKey, person) }));
  }
}

/** A message about a reference. */
export function changed(ref: string, order: readonly [epoch: number, version: number], channels: readonly Channel[], erased = false): ConsentChanged {
  const [epoch, version] = order;
  return { schema: 'consent.changed.v1', ref, epoch, version, channels: [...channels], erased, reason: erased ? 'erasure' : 'consent' };
}

/** Somebody with made-up data of a kind no other field has, so that a search finds it wherever it went. */
export function person(ref: string, order: readonly [number, number], channels: readonly Channel[], changes: Partial<Projection> = {}): Projection {
  const tag = ref.slice(0, 8);
  const has = (...wanted: Channel[]): boolean => wanted.some((channel) => channels.includes(channel));
  const any = channels.length > 0;
  const only = <T>(held: boolean, value: T): T | null => (held ? value : null);
  return {
    ref, epoch: order[0], version: order[1],
    grants: [...channels].sort().map((channel) => ({
      channel, grantedAt: '2026-01-02T03:04:05.678Z', wordingId: 'newsletter', wordingVersion: 2, sourceSystem: 'web-shop',
    })),
    firstName: only(any, `Marker-first-${tag}`), lastName: only(any, `Marker-last-${tag}`), language: only(any, 'fi'),
    birthYear: only(any, 1985), occupation: only(any, `Marker-work-${tag}`), interests: any ? ['coffee', 'tea'] : [],
    email: only(has('email'), `marker-${tag}@example.fi`), phone: only(has('sms', 'phone'), `+35840${Number.parseInt(tag.slice(0, 6), 16)}`),
    streetAddress: only(has('post'), `Marker-street-${tag}`), postalCode: only(has('post'), '04300'),
    city: only(has('post'), 'Tuusula'), country: only(has('post'), 'FI'),
    ...changes,
  };
}
