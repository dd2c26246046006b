import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { raiseMarketingEpoch } from '#marketing/link/link.sql.js';
import { waitFor } from '#test/support/wait-for.js';
import { changed, person } from './fake-register.js';
import { RunningMarketing } from './running-marketing.js';

jest.setTimeout(60_000);

describe('the link to the register', () => {
  let marketing: RunningMarketing;

  beforeEach(async () => {
    marketing = await RunningMarketing.prepare('link');
    marketing.register.come();
    await marketing.start();
  });
  afterEach(() => marketing.close());

  const freshness = async () => (await marketing.call('GET', '/v1/freshness')).body;
  const heardEpoch = () => waitFor('hello', () => marketing.register.heard.at(-1)?.marketingEpoch);

  it('begins with a hello, and lists are closed until the register speaks of this marketing', async () => {
    const marketingEpoch = await heardEpoch();
    expect(marketing.register.heard[0]).toMatchObject({ answers: [], erasures: [] });
    expect(await freshness()).toMatchObject({ fresh: false, reason: 'no-watermark', asOf: null });
    const hellos = marketing.register.heard.length;
    await marketing.register.watermark({ marketingEpoch: randomUUID() });
    await waitFor('another hello', () => marketing.register.heard.length > hellos);
    expect(await freshness()).toMatchObject({ fresh: false, reason: 'epoch-differs' });
    await marketing.register.watermark({ marketingEpoch });
    await waitFor('an open list', async () => (await freshness())['fresh']);
  });

  it('never lets W go back within one pair of epochs, and ignores a register of the past', async () => {
    await heardEpoch();
    const now = Date.now();
    const iso = (ms: number): string => new Date(now + ms).toISOString();
    const said = async (w: number, issued: number, epoch = 1): Promise<void> => {
      await marketing.register.watermark({ watermark: iso(w), issuedAt: iso(issued), epoch, pending: -issued });
      await waitFor('the word', async () => (await marketing.metric('lupa_register_pending')) === -issued);
    };
    await said(-1_000, -900, 5);
    await said(-3_000, -800, 5);
    expect(await freshness()).toMatchObject({ fresh: true, asOf: iso(-1_000) });
    await marketing.register.watermark({ watermark: iso(0), issuedAt: iso(0), epoch: 4, pending: 7 });
    await marketing.register.watermark({ watermark: iso(-500), issuedAt: iso(-850), epoch: 5, pending: 8 });
    await said(-2_000, -700, 5);
    expect(await freshness()).toMatchObject({ asOf: iso(-1_000) });
  });

  it('a higher epoch of the register closes the lists until both sides were compared', async () => {
    const [kept, forgotten] = [randomUUID(), randomUUID()];
    for (const ref of [kept, forgotten]) {
      marketing.register.people.set(ref, person(ref, [1, 3], ['email']));
      await marketing.register.tell(changed(ref, [1, 3], ['email']));
      await marketing.register.answer(ref);
    }
    await marketing.open();

    // The register was restored to an earlier day: it does not know one of them, and tells lower versions in a higher epoch.
    await marketing.register.leave();
    marketing.register.people.delete(forgotten);
    marketing.register.people.set(kept, person(kept, [2, 1], ['email']));
    marketing.register.epoch = 2;
    await marketing.register.watermark();
    await waitFor('closed lists', async () => (await freshness())['reason'] === 'reconcile-due');
    expect((await marketing.call('POST', '/v1/audience/query', { channel: 'email' })).status).toBe(503);

    marketing.register.come();
    await waitFor('the comparison', async () => (await freshness())['fresh'], 30_000);
    expect(await marketing.held(forgotten)).toBeUndefined();
    await waitFor('the new order', async () => (await marketing.remembered(kept))?.['epoch'] === 2);
    expect((await marketing.listed('email')).map((one) => one['ref'])).toEqual([kept]);
    expect(await marketing.metric('lupa_reconcile_alarms_total')).toBe(1);
  });

  it('a message of a higher epoch closes the lists before its watermark comes', async () => {
    await marketing.open();
    await marketing.register.tell(changed(randomUUID(), [2, 1], []));
    await waitFor('closed lists', async () => (await freshness())['reason'] === 'epoch-differs');
  });

  it('a new epoch of marketing closes the lists until the register speaks of it, and is told by itself', async () => {
    await marketing.open();
    await marketing.register.leave();
    const marketingEpoch = await raiseMarketingEpoch(marketing.database.manager);
    expect(await freshness()).toMatchObject({ fresh: false, reason: 'epoch-differs' });
    await marketing.register.watermark();
    await waitFor('hello of the new epoch', () => marketing.register.heard.at(-1)?.marketingEpoch === marketingEpoch);
    await marketing.register.watermark({ watermark: '1970-01-01T00:00:00.000Z' });
    await waitFor('W at 1970', async () => (await freshness())['asOf'] === '1970-01-01T00:00:00.000Z');
    await marketing.register.watermark();
    await waitFor('W now', async () => (await freshness())['reason'] === 'reconcile-due');
    marketing.register.come();
    await waitFor('the comparison', async () => (await freshness())['fresh'], 30_000);
  });
});
