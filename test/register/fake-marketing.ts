import { CompactSign, generateKeyPair } from 'jose';
import { randomUUID } from 'node:crypto';
import { lastValueFrom } from 'rxjs';
import type { Applied, ErasureStatement } from '#contracts/applied.v1.js';
import { type ConsentChanged, ConsentChangedSchema } from '#contracts/consent-changed.v1.js';
import { caseDigest, type NeedlesReply, NeedlesReplySchema, SEARCH_STATEMENT_TYPE, SearchRequestedSchema, type SearchStatement } from '#contracts/search.v1.js';
import type { Delivery } from '#messaging/batch-server.js';
import { ConfirmingClient } from '#messaging/confirming-client.js';
import { QUEUES, ROUTING } from '#messaging/topology.js';
import { Opened, subscription } from '#test/messaging/support.js';

type Place = Omit<SearchStatement['found'][number], 'case'>;

/** Marketing's side of an erasure over the real broker: deletes nothing, answers and finds what a test tells it to. */
export class FakeMarketing {
  /** What its next search finds of everybody that is looked for. */
  found: Place[] = [];
  unsearched: SearchStatement['unsearched'] = [];
  /** Whether it answers when it is asked to search. */
  answersSearches = true;
  /** Recipients of exports that held whoever is erased. */
  recipients: ErasureStatement['recipients'] = [];
  /** What it says is left of whoever is erased. */
  rowsLeft = 0;
  /** About whom it states that; undefined: about whoever is erased. */
  about?: string | undefined;
  /** Rounds in which it was asked to search. */
  readonly rounds: string[] = [];
  /** What it was told to look for, by case. */
  readonly needles = new Map<string, NeedlesReply['cases'][number]>();
  private readonly epoch = randomUUID();
  private readonly opened = new Opened();
  private readonly client: ConfirmingClient;
  private readonly key = generateKeyPair('ES256').then(({ privateKey }) => privateKey);

  constructor(url: string) {
    const connection = this.opened.connection(url, 'fake-marketing');
    this.client = new ConfirmingClient(connection);
    const changes = (batch: Delivery[]): Promise<void> => this.apply(batch.map(({ content }) => ConsentChangedSchema.parse(JSON.parse(content.toString('utf8')))));
    this.opened.server(connection, [
      subscription(QUEUES.removals, 'removals', { maxWaitMs: 1 }), subscription(QUEUES.changes, 'changes', { maxWaitMs: 1 }),
      subscription(QUEUES.search, 'search', { maxWaitMs: 1, maxBatch: 1 }),
    ], {
      removals: changes, changes,
      search: async (batch: Delivery[]) => {
        for (const { content } of batch) await this.search(SearchRequestedSchema.parse(JSON.parse(content.toString('utf8'))).roundId);
      },
    });
  }

  async close(): Promise<void> {
    await this.opened.closeAll();
  }

  /** One page of what a round looks for. */
  async ask(roundId: string, after: string | null = null): Promise<NeedlesReply> {
    return NeedlesReplySchema.parse(await lastValueFrom(this.client.send<unknown>('search.needles.get', { schema: 'search.needles.get.v1', roundId, after })));
  }

  /** States that it has searched. @param cases how many it says it has looked for */
  async answer(roundId: string, cases: readonly string[], count = cases.length): Promise<void> {
    const statement: SearchStatement = {
      roundId, searchedAt: new Date().toISOString(), cases: count, stores: [{ store: 'marketing', what: 'tables', number: 14, bytes: 23_456 }],
      found: this.found.flatMap((place) => cases.map((caseId) => ({ case: caseDigest(caseId), ...place }))), unsearched: this.unsearched, more: { found: 0, unsearched: 0 },
    };
    await this.publish(ROUTING.searched, { schema: 'search.answered.v1', roundId, statement: await this.sign(statement, SEARCH_STATEMENT_TYPE) });
  }

  private async search(roundId: string): Promise<void> {
    this.rounds.push(roundId);
    if (!this.answersSearches) return;
    const ids: string[] = [];
    for (let after: string | null = null; ;) {
      const { cases, next }: NeedlesReply = await this.ask(roundId, after);
      for (const each of cases) this.needles.set(each.caseId, each);
      ids.push(...cases.map(({ caseId }) => caseId));
      if (next === null) break;
      after = next;
    }
    await this.answer(roundId, ids);
  }

  private async apply(messages: readonly ConsentChanged[]): Promise<void> {
    const now = new Date().toISOString();
    const orderOf = ({ ref, epoch, version }: ConsentChanged) => ({ ref, epoch, version });
    const body: Applied = {
      schema: 'applied.v1', marketingEpoch: this.epoch, appliedAt: now, answers: messages.filter(({ erased }) => !erased).map(orderOf),
      erasures: await Promise.all(messages.filter(({ erased }) => erased).map(async (message) => {
        const statement: ErasureStatement = { ...orderOf(message), ref: this.about ?? message.ref, marketingEpoch: this.epoch, appliedAt: now, rowsDeleted: 1, rowsLeft: this.rowsLeft, recipients: this.recipients };
        return { ...orderOf(message), statement: await this.sign(statement) };
      })),
    };
    await this.publish(ROUTING.applied, body);
  }

  private async sign(payload: object, typ?: string): Promise<string> {
    return new CompactSign(Buffer.from(JSON.stringify(payload))).setProtectedHeader({ alg: 'ES256', ...(typ === undefined ? {} : { typ }) }).sign(await this.key);
  }

  private async publish(routingKey: string, body: object): Promise<void> {
    const [outcome] = await this.client.publishAll([{ routingKey, body }]);
    if (outcome !== 'confirmed') throw new Error(`the broker said ${String(outcome)}`);
  }
}
