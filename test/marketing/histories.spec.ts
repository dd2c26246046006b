import { jest } from '@jest/globals';
import fc from 'fast-check';
import { CHANNELS } from '#contracts/channel.js';
import type { ConsentChanged } from '#contracts/consent-changed.v1.js';
import { compareOrder } from '#contracts/order.js';
import { QUEUES } from '#messaging/topology.js';
import { waitFor } from '#test/support/wait-for.js';
import { changed, person } from './fake-register.js';
import { RunningMarketing } from './running-marketing.js';

jest.setTimeout(120_000);

/** Everything a register says about one person: rising versions, perhaps an erasure at the end. */
const history = fc.record({
  ref: fc.uuid({ version: 4 }),
  steps: fc.array(fc.subarray([...CHANNELS]), { minLength: 1, maxLength: 4 }),
  erased: fc.boolean(),
}).map(({ ref, steps, erased }): ConsentChanged[] => {
  const told = steps.map((channels, index) => changed(ref, [1, index + 1], channels));
  return erased ? [...told, changed(ref, [1, told.length + 1], [], true)] : told;
});

/** All messages of many people: every one once, some twice, in any order. */
const delivery = fc.uniqueArray(history, { minLength: 50, maxLength: 120, selector: ([first]) => first?.ref }).chain((histories) => {
  const messages = histories.flat();
  return fc.tuple(fc.constant(histories), fc.subarray(messages)).chain(([all, again]) => fc.record({
    histories: fc.constant(all),
    arrived: fc.shuffledSubarray([...messages, ...again], { minLength: messages.length + again.length }),
  }));
});

describe('two instances of marketing on the same queues and database', () => {
  let marketing: RunningMarketing;

  beforeAll(async () => {
    marketing = await RunningMarketing.prepare('histories');
    marketing.register.come();
    await marketing.start();
    await marketing.start();
  });
  afterAll(() => marketing.close());

  it('end at the newest message of every history, whatever the order and however often it came', async () => {
    await fc.assert(fc.asyncProperty(delivery, async ({ histories, arrived }) => {
      const newest = histories.map((messages) => messages.at(-1)!);
      for (const last of newest) marketing.register.people.set(last.ref, person(last.ref, [1, last.version], last.channels));
      await marketing.register.tell(...arrived);
      await Promise.all(newest.map((last) => waitFor('the newest answer', () => marketing.register.answers(last.ref).some((answer) => compareOrder(answer, last) === 0))));
      await waitFor('rest', async () => (await marketing.vhost.ready(QUEUES.changes)) + (await marketing.vhost.ready(QUEUES.removals)) === 0);
      for (const last of newest) {
        const held = await marketing.held(last.ref);
        expect(CHANNELS.filter((channel) => held?.[`${channel}_since`] != null)).toEqual(CHANNELS.filter((channel) => last.channels.includes(channel)));
        expect(await marketing.remembered(last.ref)).toMatchObject({ version: last.version, erased: last.erased, awaiting_data: false });
      }
      // An answer never promises more than was told.
      for (const last of newest) for (const answer of marketing.register.answers(last.ref)) expect(compareOrder(answer, last)).toBeLessThanOrEqual(0);
    }), { numRuns: 6 });
  });

  it('replay of everything ever told brings nobody back', async () => {
    const erased = await marketing.database.query<{ ref: string; version: number }[]>('SELECT ref, version FROM ref_state WHERE erased');
    expect(erased.length).toBeGreaterThan(10);
    const before = await marketing.database.query<unknown[]>('SELECT * FROM contact ORDER BY ref');
    const answered = erased.map(({ ref }) => marketing.register.answers(ref).length);
    await marketing.register.tell(...erased.flatMap(({ ref, version }) =>
      Array.from({ length: version - 1 }, (_, index) => changed(ref, [1, index + 1], ['email', 'sms']))));
    await waitFor('answers to all', () => erased.every(({ ref }, index) => marketing.register.answers(ref).length > answered[index]!));
    expect(await marketing.database.query<unknown[]>('SELECT * FROM contact ORDER BY ref')).toEqual(before);
  });
});
