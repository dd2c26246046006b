import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Pulse } from '#contracts/pulse.js';
import { raiseMarketingEpoch } from '#marketing/link/link.sql.js';
import { waitFor } from '#test/support/wait-for.js';
import { changed } from './fake-register.js';
import { RunningMarketing } from './running-marketing.js';

jest.setTimeout(120_000);

/** What i7-put-back-by-hand does with real dumps, in its parts. */
describe('a database of marketing that goes back in time', () => {
  let marketing: RunningMarketing;

  beforeEach(async () => {
    marketing = await RunningMarketing.prepare('put-back');
    marketing.register.come();
    await marketing.start();
    await marketing.open();
  });
  afterEach(() => marketing.close());

  const freshness = async () => (await marketing.call('GET', '/v1/freshness')).body;
  const epoch = async (): Promise<string> => (await marketing.database.query<[{ epoch: string }]>('SELECT marketing_epoch AS epoch FROM link_state'))[0].epoch;
  const said = (): Pulse => marketing.register.heard.at(-1)!.pulse!;
  const noticed = (): number => marketing.log.filter((line) => line.includes('database-went-back-in-time')).length;
  /** Has something to be answered, and waits until it is. */
  const answered = async (): Promise<void> => {
    const ref = randomUUID();
    await marketing.register.tell(changed(ref, [1, 1], []));
    await marketing.register.answer(ref);
  };
  /** A watermark with these pulses, and that it was heard. */
  const watermark = async (pulses: Pulse[] | undefined, marketingEpoch?: string): Promise<void> => {
    const pending = Math.trunc(Math.random() * 1e9);
    await marketing.register.watermark({ pending, ...(pulses ? { pulses } : {}), ...(marketingEpoch ? { marketingEpoch } : {}) });
    await waitFor('the word', async () => (await marketing.metric('lupa_register_pending')) === pending);
  };

  it('is told of by every message: each count is committed before, and higher', async () => {
    for (let round = 0; round < 4; round += 1) {
      await answered();
      const { instance, count } = said();
      const [row] = await marketing.database.query<[{ count: number }]>('SELECT count FROM pulse WHERE instance = $1', [instance]);
      expect(row.count).toBeGreaterThanOrEqual(count);
    }
    const counts = marketing.register.heard.map(({ pulse }) => pulse!.count);
    expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b));
  });

  it('is not seen where it has not: in what was said, late or not at all, by two processes, and of another epoch', async () => {
    await marketing.start();
    const before = await epoch();
    const most = new Map<string, number>();
    const all = (): Pulse[] => [...most].map(([instance, count]) => ({ instance, count }));
    for (let round = 0; round < 6; round += 1) {
      await Promise.all([answered(), answered()]);
      for (const { pulse } of marketing.register.heard) most.set(pulse!.instance, Math.max(pulse!.count, most.get(pulse!.instance) ?? 0));
      await watermark(all());
    }
    expect(most.size).toBe(2);
    await watermark(undefined);
    await watermark([]);
    await watermark([{ ...said(), count: 1 }]);
    await watermark([{ instance: randomUUID(), count: 5 }], randomUUID());
    expect(await epoch()).toBe(before);

    const raised = await raiseMarketingEpoch(marketing.database.manager);
    await watermark([{ instance: randomUUID(), count: 5 }], before);
    await waitFor('hello', () => marketing.register.heard.at(-1)?.marketingEpoch === raised);
    // Under another epoch it counts under another name.
    expect(most.has(said().instance)).toBe(false);
    await watermark([said()]);
    expect(await epoch()).toBe(raised);
    expect(noticed()).toBe(0);
  });

  it.each<[string, () => Pulse]>([
    ['has counted less than was said', () => ({ ...said(), count: said().count + 1_000 })],
    ['does not know who said it', () => ({ instance: randomUUID(), count: 1 })],
  ])('opens no list by a watermark that shows that it %s; it is another marketing from then on', async (_what, claim) => {
    const before = await epoch();
    const { asOf } = await freshness();
    await marketing.register.watermark({ pulses: [said(), claim()] });
    await waitFor('another epoch', async () => (await epoch()) !== before);
    expect(await freshness()).toMatchObject({ fresh: false, reason: 'epoch-differs', asOf });
    expect((await marketing.call('POST', '/v1/audience/query', { channel: 'email' })).status).toBe(503);
    // The hello comes of itself, and so does the comparison.
    const after = await epoch();
    await waitFor('hello', () => marketing.register.heard.at(-1)?.marketingEpoch === after);
    await watermark([said()]);
    await waitFor('the comparison', async () => (await freshness())['fresh'], 30_000);
    expect(await epoch()).toBe(after);
    expect(noticed()).toBe(1);
    expect(await marketing.metric('lupa_database_went_back_total')).toBe(1);
  });

  it.each([
    ['has lost its count', 'UPDATE pulse SET count = 1'],
    ['does not know it', 'DELETE FROM pulse'],
  ])('is noticed by the process that runs on it, where it %s, before it answers anything', async (_what, goBack) => {
    for (let round = 0; round < 3; round += 1) await answered();
    const before = await epoch();
    await marketing.database.query(goBack);
    const heard = marketing.register.heard.length;
    await answered();
    const after = await epoch();
    expect(after).not.toBe(before);
    expect(marketing.register.heard.slice(heard).map(({ marketingEpoch }) => marketingEpoch)).toEqual([after]);
    expect(noticed()).toBe(1);
    expect(await freshness()).toMatchObject({ fresh: false });
  });

  it('shows no list by a word that it has from before the process started, or that is older than one seen since', async () => {
    await marketing.stop();
    await marketing.start();
    expect(await freshness()).toMatchObject({ fresh: false, reason: 'not-heard-since' });
    await watermark(undefined);
    expect(await freshness()).toMatchObject({ fresh: true });
    await marketing.database.query(`UPDATE link_state SET issued_at = issued_at - interval '1 second'`);
    expect(await freshness()).toMatchObject({ fresh: false, reason: 'not-heard-since' });
    expect(await marketing.metric('lupa_lists_open')).toBe(0);
    await watermark(undefined);
    expect(await freshness()).toMatchObject({ fresh: true });
  });
});
