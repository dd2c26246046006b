import { jest } from '@jest/globals';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Channel, CHANNELS } from '#contracts/channel.js';
import type { Projection } from '#contracts/projection.v1.js';
import { type ContactRow, toProjection } from '#marketing/contacts/contact-row.js';
import { isListed } from '#test/support/audience-evaluator.js';
import { contactRows, filter } from '#test/support/audience-generators.js';
import { seeded } from '#test/support/seeded.js';
import { waitFor } from '#test/support/wait-for.js';
import { changed, person } from './fake-register.js';
import { RunningMarketing } from './running-marketing.js';

jest.setTimeout(180_000);

const SEED = Number(process.env['LUPA_SEED'] ?? Date.now() % 2_147_483_647);
const INSTANCES = [0, 1] as const;
const PEOPLE = 120;
const TOGETHER = 60;

describe(`two instances of marketing on the same queues and database, with seed ${SEED}`, () => {
  const random = seeded(SEED);
  const directory = mkdtempSync(join(tmpdir(), 'lupa-two-'));
  let marketing: RunningMarketing;
  let refs: string[];
  /** The newest version told of each person. */
  const versions = new Map<string, number>();
  /** Everybody has several sets of data, one after the other. */
  let lives: Projection[][];

  const start = () => marketing.start({ exports: { ...marketing.config.exports, directory } });
  beforeAll(async () => {
    const [rows = []] = fc.sample(contactRows({ minLength: PEOPLE * 3, maxLength: PEOPLE * 3 }), { numRuns: 1, seed: SEED });
    refs = rows.slice(0, PEOPLE).map(({ ref }) => ref);
    lives = refs.map((ref, at) => [0, 1, 2].map((life) => toProjection({ ...rows[life * PEOPLE + at]!, ref, email: rows[life * PEOPLE + at]!.email && `${ref}@example.fi` }, { epoch: 1, version: 1 })));
    marketing = await RunningMarketing.prepare('two-instances');
    marketing.register.come();
    for (const _ of INSTANCES) await start();
    await marketing.open();
  });
  afterAll(async () => {
    await marketing.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** The next thing the register says of somebody: other data, other channels, or that she is out. */
  function next(ref: string, isOut = random.chance(0.3)) {
    const version = (versions.get(ref) ?? 0) + 1;
    versions.set(ref, version);
    const data = isOut ? person(ref, [1, version], []) : { ...random.pick(lives[refs.indexOf(ref)]!), version };
    marketing.register.people.set(ref, data);
    return changed(ref, [1, version], data.grants.map(({ channel }) => channel));
  }

  const isAnswered = (ref: string): boolean => marketing.register.answers(ref).some(({ version }) => version === versions.get(ref));
  const allAnswered = () => waitFor('the newest answers', () => [...versions.keys()].every(isAnswered), 60_000);
  const contacts = () => marketing.database.query<(ContactRow & { slot: number })[]>('SELECT * FROM contact ORDER BY slot');

  /** An answer that both give alike. */
  async function alike(method: 'GET' | 'POST', path: string, body?: object): Promise<Record<string, unknown>> {
    const [a, b] = await Promise.all(INSTANCES.map((instance) => marketing.call(method, path, body, undefined, instance)));
    expect(a?.status).toBeLessThan(300);
    expect(b).toEqual(a);
    return a!.body;
  }

  it('share the work and lose nothing, in whatever order and however often it is told', async () => {
    const history = Array.from({ length: 5 }, () => random.shuffled(refs).map((ref) => next(ref))).flat();
    const told = random.shuffled([...history, ...history.filter(() => random.chance(0.3))]);
    for (let first = 0; first < told.length; first += TOGETHER) await marketing.register.tell(...told.slice(first, first + TOGETHER));
    await allAnswered();
    for (const instance of INSTANCES) expect(await marketing.metric('lupa_messages_total', instance)).toBeGreaterThan(0);
    const held = new Map((await contacts()).map((row) => [row.ref, row]));
    for (const ref of refs) {
      const granted = marketing.register.people.get(ref)!.grants.map(({ channel }) => channel);
      const row = held.get(ref);
      expect(CHANNELS.filter((channel) => row !== undefined && row[`${channel}_since`] !== null)).toEqual(CHANNELS.filter((channel) => granted.includes(channel)));
    }
    expect(held.size).toBeGreaterThan(PEOPLE / 4);
  });

  it('are of the same version, and count and list the same people as one look at the table', async () => {
    const [{ version }] = await marketing.database.query<[{ version: number }]>('SELECT version FROM audience_version');
    const rows = await contacts();
    for (const given of fc.sample(filter, { numRuns: 60, seed: SEED })) {
      const channel = random.pick(CHANNELS);
      const expected = rows.filter((row) => isListed(row, channel, given, new Date())).map(({ ref }) => ref);
      expect(await alike('POST', '/v1/audience/count', { channel, filter: given })).toMatchObject({ count: expected.length, version });
      const page = await alike('POST', '/v1/audience/query', { channel, filter: given, limit: 1_000 });
      expect(page).toMatchObject({ version });
      expect((page['contacts'] as { ref: string }[]).map(({ ref }) => ref)).toEqual(expected);
    }
  });

  it('take turns with the pages of one list', async () => {
    const rows = (await contacts()).filter((row) => row.email_since !== null);
    expect((await readThrough('email')).map(({ ref }) => ref)).toEqual(rows.map(({ ref }) => ref));
  });

  it('count growth together, each gain and withdrawal once', async () => {
    const { rows, optedIn } = await alike('GET', '/v1/growth') as { rows: { channel: Channel; net: number }[]; optedIn: Record<Channel, number> };
    const people = await contacts();
    for (const channel of CHANNELS) {
      expect(optedIn[channel]).toBe(people.filter((row) => row[`${channel}_since`] !== null).length);
      expect(rows.filter((row) => row.channel === channel).reduce((sum, { net }) => sum + net, 0)).toBe(optedIn[channel]);
    }
  });

  it('see at once what the other one has applied: list, count, and check before sending', async () => {
    const applied = () => Promise.all(INSTANCES.map((instance) => marketing.metric('lupa_messages_total', instance)));
    const before = await applied();
    const rows = (await contacts()).filter((row) => row.email_since !== null);
    let left = rows.length;
    for (const { ref } of rows.slice(0, 30)) {
      const asked = { channel: 'email', addresses: [`${ref}@example.fi`] };
      expect(await alike('POST', '/v1/audience/check', asked)).toMatchObject({ allowed: [true] });
      await marketing.register.tell(next(ref, true));
      await waitFor('the answer', () => isAnswered(ref));
      left -= 1;
      expect(await alike('POST', '/v1/audience/check', asked)).toMatchObject({ allowed: [false] });
      expect(await alike('POST', '/v1/audience/check', { channel: 'email', refs: [ref] })).toMatchObject({ allowed: [false] });
      expect(await alike('POST', '/v1/audience/count', { channel: 'email' })).toMatchObject({ count: left });
      const { contacts: listed } = await alike('POST', '/v1/audience/query', { channel: 'email', limit: 1_000 });
      expect((listed as { ref: string }[]).some((each) => each.ref === ref)).toBe(false);
    }
    const after = await applied();
    for (const instance of INSTANCES) expect(after[instance]!).toBeGreaterThan(before[instance]!);
  });

  it('show nobody twice, and nobody who had left, while people come and go', async () => {
    const out = new Set<string>();
    const staying = new Set(refs.filter((_, at) => at % 4 === 0));
    await marketing.register.tell(...refs.map((ref) => next(ref, false)));
    await allAnswered();
    let isReading = true;
    const changing = (async () => {
      while (isReading) {
        const ref = random.pick(refs.filter((each) => !staying.has(each)));
        out.delete(ref);
        const message = next(ref);
        await marketing.register.tell(message);
        if (message.channels.length > 0) continue;
        await waitFor('the answer', () => isAnswered(ref));
        out.add(ref);
      }
    })();
    const always = (await contacts()).filter((row) => staying.has(row.ref) && row.email_since !== null).map(({ ref }) => ref);
    for (let walk = 0; walk < 12; walk += 1) {
      const seen = (await readThrough('email', out)).map(({ ref }) => ref);
      expect(new Set(seen).size).toBe(seen.length);
      expect(always.filter((ref) => !seen.includes(ref))).toEqual([]);
    }
    isReading = false;
    await changing;
    await allAnswered();
  });

  it('make one export between them, and each names who must go', async () => {
    const listed = (await contacts()).filter((row) => row.email_since !== null).map(({ ref }) => ref);
    const gone = listed[3]!;
    const request = { recipient: 'listmonk', purpose: 'marketing', channel: 'email', preset: 'ndjson' };
    const asked = await Promise.all(['file', 'download'].map((delivery) => marketing.call('POST', '/v1/exports', { ...request, delivery }, undefined, 0)));
    const [file, download] = asked.map(({ body }) => String(body['id']));
    await waitFor('the file', async () => (await marketing.call('GET', `/v1/exports/${file!}`, undefined, undefined, 1)).body['state'] === 'ready');
    for (const id of [file, download]) {
      const { status, text } = await marketing.text(`/v1/exports/${id!}/content`, 1);
      expect(status).toBe(200);
      for (const ref of listed) expect(text).toContain(ref);
      expect(text.trimEnd().split('\n')).toHaveLength(listed.length);
    }
    await marketing.register.tell(next(gone, true));
    await waitFor('the answer', () => isAnswered(gone));
    for (const instance of INSTANCES) {
      const named = async () => {
        const { body } = await marketing.call('GET', '/v1/recipients/listmonk/removals', undefined, undefined, instance);
        return (body['removals'] as { ref: string; exports: string[] }[]).find(({ ref }) => ref === gone);
      };
      expect((await waitFor('the removal', named)).exports.sort()).toEqual([file, download].sort());
    }
  });

  it('go on when one of them stops in the middle, and when it comes back', async () => {
    const history = Array.from({ length: 4 }, () => random.shuffled(refs).map((ref) => next(ref))).flat();
    const half = Math.floor(history.length / 2);
    await marketing.register.tell(...history.slice(0, half));
    await Promise.all([marketing.stopOne(0), marketing.register.tell(...history.slice(half))]);
    await allAnswered();
    await start();
    await marketing.open();
    const rows = await contacts();
    for (const channel of CHANNELS) {
      expect(await alike('POST', '/v1/audience/count', { channel })).toMatchObject({ count: rows.filter((row) => row[`${channel}_since`] !== null).length });
    }
    expect(rows.map(({ ref }) => ref).sort()).toEqual(refs.filter((ref) => marketing.register.people.get(ref)!.grants.length > 0).sort());
  });

  /** All pages of a list, each from the other instance; none may hold somebody who was out before it was asked for. */
  async function readThrough(channel: Channel, out: ReadonlySet<string> = new Set()): Promise<{ ref: string }[]> {
    const seen: { ref: string }[] = [];
    for (let cursor: unknown, pages = 0; ; pages += 1) {
      const before = new Set(out);
      const { status, body } = await marketing.call('POST', '/v1/audience/query', { channel, limit: 7, ...(cursor === undefined ? {} : { cursor }) }, undefined, INSTANCES[pages % 2]);
      if (status !== 200) throw new Error(`the page was answered ${String(status)}`);
      const people = body['contacts'] as { ref: string }[];
      // Somebody who has come back meanwhile may be there again.
      expect(people.filter(({ ref }) => before.has(ref) && out.has(ref))).toEqual([]);
      seen.push(...people);
      if (body['nextCursor'] === null) return seen;
      cursor = body['nextCursor'];
    }
  }
});
