import { jest } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { type Channel, CHANNELS } from '#contracts/channel.js';
import type { Projection } from '#contracts/projection.v1.js';
import { CodeSchema } from '#register/customers/text.schemas.js';
import { waitFor } from '#test/support/wait-for.js';
import { changed, person } from './fake-register.js';
import { RunningMarketing } from './running-marketing.js';

jest.setTimeout(120_000);

/** Messages told together. */
const TOGETHER = 40;

type Counts = Partial<Record<Channel, readonly [gained: number, withdrawn: number]>>;
interface Row { channel: Channel; day?: string; source?: string; wording?: { id: string; version: number }; gained: number; withdrawn: number; net: number }

describe('growth', () => {
  let marketing: RunningMarketing;

  beforeAll(async () => {
    marketing = await RunningMarketing.prepare('growth');
    marketing.register.come();
    await marketing.start();
    await marketing.open();
  });
  afterAll(() => marketing.close());

  const growth = async (query = ''): Promise<{ rows: Row[]; optedIn: Record<string, number> }> =>
    (await marketing.call('GET', `/v1/growth${query}`)).body as unknown as { rows: Row[]; optedIn: Record<string, number> };

  async function counted(query = ''): Promise<Counts> {
    const counts: Record<string, [number, number]> = {};
    for (const { channel, gained, withdrawn } of (await growth(query)).rows) {
      const [g, w] = counts[channel] ?? [0, 0];
      counts[channel] = [g + gained, w + withdrawn];
    }
    return counts;
  }

  /** What the counts have changed by, of the channels where they have. */
  async function changeBy(work: () => Promise<void>): Promise<Counts> {
    const before = await counted();
    await work();
    const after = await counted();
    const changes = CHANNELS.map((channel) => [channel, [0, 1].map((at) => (after[channel]?.[at] ?? 0) - (before[channel]?.[at] ?? 0))] as const);
    return Object.fromEntries(changes.filter(([, change]) => change.some((each) => each !== 0)));
  }

  /** The register says it, and marketing has answered. */
  async function tell(ref: string, version: number, channels: readonly Channel[], changes: Partial<Projection> = {}, erased = false): Promise<void> {
    marketing.register.people.set(ref, person(ref, [1, version], channels, changes));
    await marketing.register.tell(changed(ref, [1, version], channels, erased));
    await waitFor('the answer', () => marketing.register.answers(ref).some((answer) => answer.version === version));
  }

  const byWording = (channels: readonly Channel[], id: string, version: number): Partial<Projection> => ({
    grants: [...channels].sort().map((channel) => ({ channel, grantedAt: '2026-02-02T00:00:00.000Z', wordingId: id, wordingVersion: version, sourceSystem: 'web-shop' })),
  });

  describe('of one person', () => {
    const ref = randomUUID();
    let version = 0;
    const next = (channels: Channel[], changes?: Partial<Projection>) => () => tell(ref, (version += 1), channels, changes);

    it.each<[string, Channel[], Partial<Projection> | undefined, Counts]>([
      ['two channels gained', ['email', 'sms'], undefined, { email: [1, 0], sms: [1, 0] }],
      ['nothing, when she is told again unchanged', ['email', 'sms'], undefined, {}],
      ['nothing, when her data changes', ['email', 'sms'], { city: null, email: 'moved@example.fi' }, {}],
      ['a channel changed for another', ['email', 'post'], undefined, { sms: [0, 1], post: [1, 0] }],
      ['nothing, when she consents again to another wording', ['email', 'post'], byWording(['email', 'post'], 'summer', 3), {}],
      ['one channel withdrawn', ['email'], byWording(['email'], 'summer', 3), { post: [0, 1] }],
      ['the last one withdrawn', [], undefined, { email: [0, 1] }],
      ['nothing, when that is told again', [], undefined, {}],
      ['one who comes back', ['email', 'phone'], undefined, { email: [1, 0], phone: [1, 0] }],
    ])('%s', async (_what, channels, changes, expected) => {
      expect(await changeBy(next(channels, changes))).toEqual(expected);
    });

    it('counts a withdrawal by the wording that held', async () => {
      const { rows } = await growth('?by=wording');
      const of = (channel: Channel, id: string): Row | undefined => rows.find((row) => row.channel === channel && row.wording?.id === id);
      expect(of('post', 'summer')).toMatchObject({ wording: { id: 'summer', version: 3 }, gained: 0, withdrawn: 1, net: -1 });
      expect(of('post', 'newsletter')).toMatchObject({ gained: 1, withdrawn: 0, net: 1 });
    });

    it('an erasure withdraws every channel, once', async () => {
      const erase = (): Promise<void> => tell(ref, (version += 1), [], {}, true);
      expect(await changeBy(erase)).toEqual({ email: [0, 1], phone: [0, 1] });
      expect(await changeBy(erase)).toEqual({});
    });

    it('who comes and goes within one batch was never there', async () => {
      const fleeting = randomUUID();
      const work = async (): Promise<void> => {
        await marketing.register.leave();
        await marketing.register.tell(changed(fleeting, [1, 1], ['email']), changed(fleeting, [1, 2], []));
        await waitFor('the answer', () => marketing.register.answers(fleeting).some((answer) => answer.version === 2));
        marketing.register.come();
      };
      expect(await changeBy(work)).toEqual({});
    });
  });

  it('gained less withdrawn is who is there, after any history, however it is summed', async () => {
    const step = fc.record({
      who: fc.nat({ max: 39 }), channels: fc.oneof(fc.subarray([...CHANNELS]), fc.constant<Channel[]>([])), erased: fc.nat({ max: 9 }).map((n) => n === 0),
      wording: fc.constantFrom('newsletter', 'summer'), source: fc.constantFrom('web-shop', 'till'),
    });
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 100, maxLength: 160 }), async (steps) => {
      const refs = Array.from({ length: 40 }, () => randomUUID() as string);
      const versions = new Map<string, number>();
      for (let first = 0; first < steps.length; first += TOGETHER) {
        // Several at once, so that one statement of marketing's concerns several people.
        await marketing.register.tell(...steps.slice(first, first + TOGETHER).map(({ who, channels, erased, wording, source }) => {
          const ref = refs[who]!;
          const version = (versions.get(ref) ?? 0) + 1;
          versions.set(ref, version);
          const held = erased ? [] : channels;
          const grants = held.map((channel) => ({ channel, grantedAt: '2026-02-02T00:00:00.000Z', wordingId: wording, wordingVersion: 1, sourceSystem: source }));
          marketing.register.people.set(ref, person(ref, [1, version], held, { grants }));
          if (erased) refs[who] = randomUUID();
          return changed(ref, [1, version], held, erased);
        }));
        for (const [ref, version] of versions) await waitFor('the newest answer', () => marketing.register.answers(ref).some((answer) => answer.version === version));
      }
      const [plain] = await marketing.database.query<Record<string, number>[]>(
        `SELECT ${CHANNELS.map((channel) => `count(*) FILTER (WHERE ${channel}_since IS NOT NULL) AS ${channel}`).join(', ')} FROM contact`,
      );
      for (const by of ['day', 'source', 'wording']) {
        const { rows, optedIn } = await growth(`?by=${by}`);
        expect(optedIn).toEqual(plain);
        for (const channel of CHANNELS) {
          const of = rows.filter((row) => row.channel === channel);
          expect(of.reduce((sum, { net }) => sum + net, 0)).toBe(plain![channel]);
          for (const row of of) expect(row.net).toBe(row.gained - row.withdrawn);
        }
      }
    }), { numRuns: 4 });
  });

  it('shows the period and the channel asked for, and nothing of other days', async () => {
    await marketing.database.query(`INSERT INTO growth (day, channel, source, wording_id, wording_version, gained, withdrawn)
      VALUES ('2020-02-28', 'sms', 'till', 'old', 1, 7, 0), ('2020-02-29', 'sms', 'till', 'old', 1, 5, 2), ('2020-02-29', 'post', 'till', 'old', 1, 1, 0), ('2020-03-01', 'sms', 'till', 'old', 1, 9, 9)`);
    expect(await marketing.call('GET', '/v1/growth?from=2020-02-28&to=2020-02-29&channel=sms')).toMatchObject({
      status: 200,
      body: { from: '2020-02-28', to: '2020-02-29', by: 'day', stale: false, optedIn: { sms: expect.any(Number) }, rows: [
        { channel: 'sms', day: '2020-02-28', gained: 7, withdrawn: 0, net: 7 }, { channel: 'sms', day: '2020-02-29', gained: 5, withdrawn: 2, net: 3 },
      ] },
    });
    expect((await growth('?from=2020-02-28&to=2020-02-29&channel=sms&by=source')).rows).toEqual([{ channel: 'sms', source: 'till', gained: 12, withdrawn: 2, net: 10 }]);
  });

  it('is a picture, too', async () => {
    const { status, headers, text } = await marketing.text('/v1/growth.svg?from=2020-02-28&to=2020-03-01&channel=sms');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('image/svg+xml; charset=utf-8');
    expect(text).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"[\s\S]*<\/svg>\n$/);
    expect(text).toContain('>10 opted in · 21 gained · 11 withdrawn<');
    expect((await marketing.text('/v1/growth.svg')).text).toContain('>post</text>');
  });

  it.each([
    ['from=2026-02-02&to=2026-02-01', 'period-unusable', 'from'],
    ['from=2010-01-01&to=2026-02-01', 'period-unusable', 'from'],
    ['from=0000-01-01', 'invalid-request', 'from'],
    ['to=yesterday', 'invalid-request', 'to'],
    ['from=2026-01-01&from=2026-01-02', 'invalid-request', 'from'],
    ['by=person', 'invalid-request', 'by'],
    ['channel=fax', 'invalid-request', 'channel'],
    ['email=a%40example.fi', 'invalid-request', 'email'],
  ])('refuses %s, and says where', async (query, code, pointer) => {
    expect(await marketing.call('GET', `/v1/growth?${query}`)).toMatchObject({ status: 422, body: { type: `/problems/${code}`, errors: [{ pointer }] } });
  });

  it('is refused without its scope, and marked when stale', async () => {
    for (const path of ['/v1/growth', '/v1/growth.svg']) expect((await marketing.call('GET', path, undefined, ['audience:query', 'audience:count'])).status).toBe(403);
    await marketing.database.query("UPDATE link_state SET received_at = received_at - interval '2 minutes'");
    expect((await marketing.call('GET', '/v1/growth')).body).toMatchObject({ stale: true, asOf: expect.any(String) });
  });

  it('holds nothing that could name a person', async () => {
    const columns = await marketing.database.query<{ name: string }[]>(
      "SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'growth' ORDER BY ordinal_position",
    );
    expect(columns.map(({ name }) => name)).toEqual(['day', 'channel', 'source', 'wording_id', 'wording_version', 'gained', 'withdrawn']);
    // Source and wording come from the register, which takes codes only.
    for (const text of ['aino@example.fi', 'Aino Virtanen', '+358451206627', '010190-123A', 'Kauppakaari 1']) expect(CodeSchema.safeParse(text).success).toBe(false);
  });
});
