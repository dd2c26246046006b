import { jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomUUID } from 'node:crypto';
import { ReconcileService } from '#marketing/reconcile/reconcile.service.js';
import { waitFor } from '#test/support/wait-for.js';
import { changed, person } from './fake-register.js';
import { RunningMarketing } from './running-marketing.js';

jest.setTimeout(60_000);

describe('reconciliation', () => {
  let marketing: RunningMarketing;
  let app: NestFastifyApplication;
  const people: string[] = [];

  beforeAll(async () => {
    marketing = await RunningMarketing.prepare('reconcile');
    marketing.register.come();
    app = await marketing.start();
    for (let count = 0; count < 40; count += 1) {
      const ref = randomUUID();
      people.push(ref);
      const channels = (['email', 'sms', 'phone', 'post'] as const).filter((_, index) => (count >> index) % 2 === 1);
      marketing.register.people.set(ref, person(ref, [1, 2], channels.length > 0 ? channels : ['post']));
      await marketing.register.tell(changed(ref, [1, 2], channels.length > 0 ? channels : ['post']));
    }
    for (const ref of people) await marketing.register.answer(ref);
  });
  afterAll(() => marketing.close());

  const run = () => app.get(ReconcileService).run();
  const settled = () => waitFor('agreement', async () => (await run()).differingBuckets === 0);

  it('finds nothing where both sides hold the same, field by field', async () => {
    expect(await run()).toEqual({ differingBuckets: 0, pulled: 0, takenOut: 0, alarms: 0 });
  });

  it('compares nothing with a register that has another key, and says so at its start', async () => {
    await marketing.stop();
    app = await marketing.start({ linkDigestKey: Buffer.alloc(32, 8) });
    await waitFor('the log line', () => marketing.log.some((line) => line.includes('link-digest-key-differs')));
    await expect(run()).rejects.toThrow(/LINK_DIGEST_KEY/);
    expect(await marketing.database.query('SELECT 1 FROM ref_state WHERE awaiting_data')).toEqual([]);
    await marketing.stop();
    app = await marketing.start();
    await waitFor('the same key', async () => (await run()).differingBuckets === 0);
  });

  it('fetches whom marketing never heard of, and whoever is newer in the register', async () => {
    const [lost] = [randomUUID()];
    marketing.register.people.set(lost, person(lost, [1, 1], ['email']));
    marketing.register.people.set(people[0]!, person(people[0]!, [1, 3], ['sms']));
    expect(await run()).toMatchObject({ pulled: 2, takenOut: 0, alarms: 0 });
    await marketing.register.answer(lost);
    await marketing.register.answer(people[0]!, 2);
    expect(await marketing.held(people[0]!)).toMatchObject({ email: null, phone: expect.any(String) });
    await settled();
  });

  it('notices a single altered field, raises an alarm and fetches it again', async () => {
    const [ref] = people.slice(1);
    await marketing.database.query(`UPDATE contact SET last_name = 'Someone else' WHERE ref = $1`, [ref]);
    expect(await run()).toMatchObject({ pulled: 1, alarms: 1 });
    await waitFor('the right name', async () => (await marketing.held(ref!))?.['last_name'] === `Marker-last-${ref!.slice(0, 8)}`);
    await settled();
  });

  it('takes out whom the register does not know, with an alarm, and a row that no message ever brought', async () => {
    const unknown = people.at(-1)!;
    const stray = randomUUID();
    marketing.register.people.delete(unknown);
    await marketing.database.query(
      `INSERT INTO contact (ref, email, email_digest, email_since, email_wording_id, email_wording_version, email_source)
       VALUES ($1, 'stray@example.fi', '\\x00', now(), 'w', 1, 's')`, [stray],
    );
    expect(await run()).toMatchObject({ takenOut: 1, alarms: 1 });
    expect(await marketing.held(unknown)).toBeUndefined();
    expect(await marketing.held(stray)).toBeUndefined();
    await settled();
  });

  it('takes out whoever is newer here than in the register, with an alarm', async () => {
    const ref = people.at(-2)!;
    await marketing.database.query('UPDATE ref_state SET version = 9 WHERE ref = $1', [ref]);
    expect(await run()).toMatchObject({ takenOut: 1, alarms: 1 });
    expect(await marketing.held(ref)).toBeUndefined();
    marketing.register.people.delete(ref);
    await settled();
  });

  it('takes out a withdrawn person whose message is still on its way, without an alarm', async () => {
    const ref = people.at(-3)!;
    marketing.register.people.set(ref, person(ref, [1, 3], []));
    expect(await run()).toMatchObject({ takenOut: 1, alarms: 0 });
    expect(await marketing.held(ref)).toBeUndefined();
    await marketing.register.tell(changed(ref, [1, 3], []));
    expect(await marketing.register.answer(ref, 2)).toMatchObject({ version: 3 });
    await settled();
  });

  it('keeps an erased person out although the register lists her, with an alarm', async () => {
    const ref = people.at(-4)!;
    await marketing.register.tell(changed(ref, [1, 3], [], true));
    await marketing.register.answer(ref, 2);
    marketing.register.people.set(ref, person(ref, [2, 1], ['email']));
    expect(await run()).toMatchObject({ pulled: 0, alarms: 1 });
    expect(await marketing.held(ref)).toBeUndefined();
    marketing.register.people.delete(ref);
    await settled();
  });

  it('says that it did not happen when the register is away', async () => {
    await marketing.register.leave();
    await expect(run()).rejects.toMatchObject({ code: 'RpcUnavailable' });
  });
});
