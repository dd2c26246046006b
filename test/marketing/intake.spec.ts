import { jest } from '@jest/globals';
import { compactVerify, importJWK } from 'jose';
import { randomUUID } from 'node:crypto';
import { ErasureStatementSchema } from '#contracts/applied.v1.js';
import { QUEUES } from '#messaging/topology.js';
import { waitFor } from '#test/support/wait-for.js';
import { changed, person } from './fake-register.js';
import { RunningMarketing } from './running-marketing.js';

jest.setTimeout(60_000);

describe('marketing takes in what the register tells', () => {
  let marketing: RunningMarketing;

  beforeAll(async () => {
    marketing = await RunningMarketing.prepare('intake');
    marketing.register.come();
    await marketing.start();
  });
  afterAll(() => marketing.close());

  /** Somebody whose data has come and is answered. */
  async function optedIn(channels: Parameters<typeof person>[2], ref = randomUUID()): Promise<string> {
    marketing.register.people.set(ref, person(ref, [1, 1], channels));
    await marketing.register.tell(changed(ref, [1, 1], channels));
    await marketing.register.answer(ref);
    return ref;
  }

  it('an opt-in is pulled, stored and answered', async () => {
    const ref = await optedIn(['email', 'post']);
    expect(await marketing.register.answer(ref)).toEqual({ ref, epoch: 1, version: 1 });
    expect(await marketing.held(ref)).toMatchObject({ email: `marker-${ref.slice(0, 8)}@example.fi`, phone: null, city: 'Tuusula', sms_since: null });
  });

  it('a reply counts by its own order, which may be newer than the message', async () => {
    const ref = randomUUID();
    marketing.register.people.set(ref, person(ref, [1, 5], ['sms']));
    await marketing.register.tell(changed(ref, [1, 3], ['email', 'sms']));
    expect(await marketing.register.answer(ref)).toEqual({ ref, epoch: 1, version: 5 });
    expect(await marketing.held(ref)).toMatchObject({ email: null, email_since: null });
    expect(await marketing.remembered(ref)).toMatchObject({ version: 5, awaiting_data: false });
  });

  it('a pull that finds no consent any more leaves a tombstone', async () => {
    const ref = randomUUID();
    marketing.register.people.set(ref, person(ref, [1, 4], []));
    await marketing.register.tell(changed(ref, [1, 3], ['email']));
    expect(await marketing.register.answer(ref)).toMatchObject({ version: 4 });
    expect(await marketing.held(ref)).toBeUndefined();
  });

  it('a reference the register does not know is out, and answered', async () => {
    const ref = randomUUID();
    await marketing.register.tell(changed(ref, [1, 2], ['email']));
    expect(await marketing.register.answer(ref)).toMatchObject({ version: 2 });
    expect(await marketing.held(ref)).toBeUndefined();
    expect(await marketing.remembered(ref)).toMatchObject({ version: 2, awaiting_data: false, erased: false });
  });

  it('a duplicate and an older message change nothing and are answered with what is stored', async () => {
    const ref = await optedIn(['email']);
    marketing.register.people.set(ref, person(ref, [1, 7], ['email', 'sms']));
    await marketing.register.tell(changed(ref, [1, 7], ['email', 'sms']));
    expect(await marketing.register.answer(ref, 2)).toMatchObject({ version: 7 });
    const before = await marketing.held(ref);
    await marketing.register.tell(changed(ref, [1, 7], ['email', 'sms']));
    expect(await marketing.register.answer(ref, 3)).toEqual({ ref, epoch: 1, version: 7 });
    await marketing.register.tell(changed(ref, [1, 6], []));
    expect(await marketing.register.answer(ref, 4)).toEqual({ ref, epoch: 1, version: 7 });
    expect(await marketing.held(ref)).toEqual(before);
  });

  it('a withdrawn channel loses its fields, the others stay', async () => {
    const ref = await optedIn(['email', 'sms', 'phone', 'post']);
    marketing.register.people.set(ref, person(ref, [1, 2], ['phone']));
    await marketing.register.tell(changed(ref, [1, 2], ['phone']));
    await marketing.register.answer(ref, 2);
    expect(await marketing.held(ref)).toMatchObject({
      email: null, email_since: null, email_wording_id: null, sms_since: null, post_since: null, street_address: null, city: null,
      phone: expect.any(String), phone_since: expect.any(Date), phone_source: 'web-shop',
    });
  });

  describe('while the register answers no request', () => {
    let whole: string;
    let partly: string;
    let swapped: string;

    beforeAll(async () => {
      whole = await optedIn(['email']);
      partly = await optedIn(['email', 'sms']);
      swapped = await optedIn(['sms']);
      await marketing.register.leave();
    });
    afterAll(() => { marketing.register.come(); });

    it('a withdrawal deletes the contact at once and is answered', async () => {
      await marketing.register.tell(changed(whole, [1, 2], []));
      expect(await marketing.register.answer(whole, 2)).toEqual({ ref: whole, epoch: 1, version: 2 });
      expect(await marketing.held(whole)).toBeUndefined();
      expect(await marketing.remembered(whole)).toMatchObject({ version: 2, awaiting_data: false });
    });

    it('a partial withdrawal nulls what is gone at once, and its answer waits for the data', async () => {
      await marketing.register.tell(changed(partly, [1, 2], ['sms']));
      await waitFor('the email to go', async () => (await marketing.held(partly))?.['email'] === null);
      expect(await marketing.held(partly)).toMatchObject({ phone: expect.any(String), email_since: null });
      expect(await marketing.remembered(partly)).toMatchObject({ version: 2, awaiting_data: true });
      await marketing.register.tell(changed(partly, [1, 2], ['sms']));
      await waitFor('the duplicate to be taken', async () => (await marketing.vhost.ready(QUEUES.changes)) === 0);
      expect(marketing.register.answers(partly)).toHaveLength(1);
    });

    it('a contact that keeps none of its channels is deleted, although another one was granted', async () => {
      await marketing.register.tell(changed(swapped, [1, 2], ['email']));
      await waitFor('the contact to go', async () => (await marketing.held(swapped)) === undefined);
      expect(await marketing.remembered(swapped)).toMatchObject({ awaiting_data: true });
    });

    it('everything is completed once the register is back', async () => {
      for (const [ref, channels] of [[partly, ['sms']], [swapped, ['email']]] as const) {
        marketing.register.people.set(ref, person(ref, [1, 2], channels));
      }
      marketing.register.come();
      expect(await marketing.register.answer(partly, 2)).toMatchObject({ version: 2 });
      expect(await marketing.register.answer(swapped, 2)).toMatchObject({ version: 2 });
      expect(await marketing.held(swapped)).toMatchObject({ phone: null, email: expect.any(String) });
      await marketing.register.leave();
    });
  });

  it('an erased person never returns, whatever of her history comes again', async () => {
    const ref = randomUUID();
    const history = [
      changed(ref, [1, 1], ['email', 'sms']), changed(ref, [1, 2], ['sms']), changed(ref, [1, 3], ['email', 'post']), changed(ref, [1, 4], [], true),
    ];
    for (const message of history) {
      marketing.register.people.set(ref, person(ref, [1, message.version], message.channels));
      await marketing.register.tell(message);
      await marketing.register.answer(ref, message.version);
    }
    const { statement } = await marketing.register.answer(ref, 4);
    const { payload, protectedHeader } = await compactVerify(statement!, await importJWK(marketing.statementKey, 'ES256'));
    expect(protectedHeader.alg).toBe('ES256');
    expect(ErasureStatementSchema.parse(JSON.parse(new TextDecoder().decode(payload)))).toMatchObject({
      ref, epoch: 1, version: 4, rowsDeleted: 1, rowsLeft: 0, recipients: [],
    });

    marketing.register.people.set(ref, person(ref, [2, 9], ['email']));
    await marketing.register.tell(...history, ...history.toReversed(), changed(ref, [2, 9], ['email']));
    const last = await waitFor('the answer to the newest', () => marketing.register.answers(ref).find((answer) => answer.epoch === 2));
    expect(last.statement).toBeDefined();
    expect(await marketing.held(ref)).toBeUndefined();
    expect(await marketing.remembered(ref)).toMatchObject({ epoch: 2, version: 9, erased: true, awaiting_data: false, rows_deleted: 1 });
    expect(await marketing.metric('lupa_messages_total')).toBeGreaterThan(0);
  });

  it('scans every table that carries a reference after an erasure', async () => {
    const { TABLES_TO_SCAN } = await import('#marketing/answering/answering.sql.js');
    const rows = await marketing.database.query<{ table_name: string }[]>(
      `SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'ref' ORDER BY table_name`,
    );
    expect(rows.map((row) => row.table_name)).toEqual(['answer', 'ref_state', ...TABLES_TO_SCAN].sort());
  });

  it('acks only after the commit: what the database could not take is still in the queue', async () => {
    const ref = randomUUID();
    await marketing.database.query('ALTER TABLE ref_state RENAME TO ref_state_away');
    try {
      await marketing.register.tell(changed(ref, [1, 1], []));
      await waitFor('a failed batch', () => marketing.log.some((line) => line.includes('batch-failed')));
      await marketing.stop();
      await waitFor('the message to be back in the queue', async () => (await marketing.vhost.ready(QUEUES.removals)) === 1);
    } finally {
      await marketing.database.query('ALTER TABLE ref_state_away RENAME TO ref_state');
    }
    await marketing.start();
    expect(await marketing.register.answer(ref)).toMatchObject({ version: 1 });
    expect(await marketing.vhost.ready(QUEUES.removals)).toBe(0);
  });

  it('has logged neither a reference nor anything about a person', () => {
    const said = marketing.log.join('');
    expect(said).toContain('broker-connected');
    expect(said).not.toMatch(/marker|example\.fi|\+35840/i);
    for (const ref of marketing.register.people.keys()) expect(said).not.toContain(ref);
  });
});
