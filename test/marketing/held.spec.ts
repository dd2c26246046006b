import { jest } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { HELD_COLUMNS, TABLES_OF_NOBODY, TIES } from '#marketing/held/held-columns.js';
import { type HeldPosition, type PersonHeldReply, PersonHeldReplySchema } from '#contracts/person-held.v1.js';
import { unannotated } from '#database/annotated-columns.js';
import { ConfirmingClient } from '#messaging/confirming-client.js';
import { QUEUES } from '#messaging/topology.js';
import { Opened } from '#test/messaging/support.js';
import { Exporting, someId } from './exporting.js';

jest.setTimeout(120_000);

describe('what marketing holds of a person', () => {
  const opened = new Opened();
  let exporting: Exporting;
  let client: ConfirmingClient;
  let refs: string[];

  beforeAll(async () => {
    exporting = await Exporting.prepare('held', { blockSlots: 64 });
    refs = await exporting.populate(100);
    client = new ConfirmingClient(opened.connection(exporting.marketing.vhost.url, 'asks'), 10_000, QUEUES.marketingRpc);
    await client.publishAll([]);
  });
  afterAll(async () => {
    await opened.closeAll();
    await exporting.close();
  });

  const ask = async (ref: string, after: HeldPosition = { export: 0, read: 0 }): Promise<PersonHeldReply> =>
    PersonHeldReplySchema.parse(await firstValueFrom(client.send<unknown>('person.held.get', { schema: 'person.held.get.v1', ref, after })));
  const explain = (ref: string): Promise<unknown> => exporting.marketing.request('POST', '/v1/audience/explain', { ref, channel: 'email' }, ['audience:explain'],
    { headers: { 'lupa-purpose': 'rights-and-obligations' }, subject: 'tiina' });

  it('is nothing of somebody it has never heard of', async () => {
    expect(await ask(someId())).toEqual({ schema: 'person.held.v1', state: null, contact: null, snapshots: [], parked: [], exports: [], reads: [], corrections: [], pastRecipients: [], next: null });
  });

  it('is her data, her lists, the exports that held her, and who looked at her; nobody else’s', async () => {
    const [her, other] = [refs[7]!, refs[8]!];
    const taken = await exporting.request({ channel: 'post' });
    await exporting.take(taken);
    const waiting = await exporting.file();
    const snapshot = (await exporting.marketing.call('POST', '/v1/snapshots', { name: 'Christmas', channel: 'email', filter: {} })).body['id'];
    await explain(her);
    await explain(other);

    const held = await ask(her);
    expect(held.state).toMatchObject({ epoch: 1, version: 1, awaitingData: false, slot: expect.any(Number), answersUnderWay: 0 });
    expect(held.contact).toMatchObject({ firstName: expect.stringMatching(/^Person /), email: expect.stringMatching(/@example\.fi$/), city: 'Tuusula', phone: null });
    expect(held.contact?.grants.map(({ channel, grantedAt }) => [channel, grantedAt])).toEqual([['email', '2026-01-02T03:04:05.678Z'], ['post', '2026-01-02T03:04:05.678Z']]);
    expect(held.snapshots).toEqual([expect.objectContaining({ snapshotId: snapshot, name: 'Christmas', channel: 'email' })]);
    expect(held.exports).toEqual([
      expect.objectContaining({
        exportId: taken, recipient: { id: 'tester', name: 'A tester', country: 'FI' }, channel: 'post', purpose: 'marketing', handedOut: true, waiting: false,
        handovers: [{ at: expect.any(String), outcome: 'complete' }], removal: null,
      }),
      expect.objectContaining({ exportId: waiting, channel: 'email', handedOut: false, waiting: true, handovers: [] }),
    ]);
    expect(held.reads).toEqual([expect.objectContaining({ actor: 'tiina', purpose: 'rights-and-obligations', route: 'POST /v1/audience/explain' })]);
    expect((await ask(refs[9]!)).reads).toEqual([]);
  });

  it('is, of somebody who has left, what still knows her: the exports, and that the recipient must remove her', async () => {
    const gone = refs[20]!;
    const taken = await exporting.request({ channel: 'post' });
    await exporting.take(taken);
    await exporting.leave(gone);
    await exporting.removals();
    const held = await ask(gone);
    expect(held.contact).toBeNull();
    expect(held.exports.find(({ exportId }) => exportId === taken)?.removal).toEqual({ noticedAt: expect.any(String), acknowledgedAt: null });
  });

  it('is what a recipient has to correct of her, and who was given her by exports whose members are forgotten', async () => {
    const her = refs[40]!;
    await exporting.take(await exporting.request({ channel: 'post' }));
    await exporting.marketing.database.query(`UPDATE contact SET city = 'Vaasa' WHERE ref = $1`, [her]);
    await exporting.marketing.call('GET', '/v1/recipients/tester/corrections');
    await exporting.marketing.database.query(
      `INSERT INTO export_past (recipient, block, members) SELECT 'print-house', slot >> 16, set_bit(decode(repeat('00', 8192), 'hex'), slot & 65535, 1) FROM ref_state WHERE ref = $1`, [her]);
    const held = await ask(her);
    expect(held.corrections).toEqual([{
      recipient: { id: 'tester', name: 'A tester', country: 'FI' }, channel: 'post', fields: ['address'], noticedAt: expect.any(String), acknowledgedAt: null,
    }]);
    expect(held.pastRecipients).toEqual([expect.objectContaining({ id: 'print-house' })]);
    expect(await ask(refs[41]!)).toMatchObject({ corrections: [], pastRecipients: [] });
  });

  it('comes page by page, each export and each read once', async () => {
    const her = refs[30]!;
    await exporting.marketing.database.query(
      `INSERT INTO person_read (actor, purpose, route, ref) SELECT 'tiina', 'rights-and-obligations', 'GET /x', $1 FROM generate_series(1, 1100)`, [her]);
    const seen: number[] = [];
    const exports: number[] = [];
    for (let after: HeldPosition | null = { export: 0, read: 0 }; after !== null;) {
      const page = await ask(her, after);
      seen.push(...page.reads.map(({ number }) => number));
      exports.push(...page.exports.map(({ number }) => number));
      after = page.next;
    }
    expect([seen.length, new Set(seen).size]).toEqual([1_100, 1_100]);
    expect(new Set(exports).size).toBe(exports.length);
  });

  it('leaves out no column: one that is added is missed at once', async () => {
    const check = (): Promise<string[]> => unannotated(exporting.marketing.database, { columns: HELD_COLUMNS, ofNobody: TABLES_OF_NOBODY }, TIES);
    expect(await check()).toEqual([]);
    await exporting.marketing.database.query('ALTER TABLE contact ADD COLUMN shoe_size smallint; CREATE TABLE visit (ref uuid); ALTER TABLE segment ADD COLUMN slot integer');
    expect(await check()).toEqual([
      'contact.shoe_size has no annotation.', 'The table segment is said to hold nobody, and has the column slot.', 'The table visit has no annotations.',
    ]);
    await exporting.marketing.database.query('ALTER TABLE contact DROP COLUMN shoe_size; DROP TABLE visit; ALTER TABLE segment DROP COLUMN slot');
  });
});
