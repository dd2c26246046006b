import { jest } from '@jest/globals';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import type { Scope } from '#auth/scopes.js';
import { CHANNELS } from '#contracts/channel.js';
import { FilterSchema } from '#marketing/audience/filter.schemas.js';
import { toContactRow } from '#marketing/contacts/contact-row.js';
import { holds as holdsFor } from '#test/support/audience-evaluator.js';
import { partsOf } from '#marketing/explain/filter-parts.js';
import { contactRows, filter as anyFilter, insertContacts } from '#test/support/audience-generators.js';
import { changed, person } from './fake-register.js';
import { RunningMarketing } from './running-marketing.js';

jest.setTimeout(120_000);

const PURPOSE = { 'lupa-purpose': 'rights-and-obligations' };
const NOT_HELD = { on: false, held: false, channel: 'email', conditions: [], asOf: expect.any(String), version: expect.any(Number), stale: false };

describe('why a person is on a list', () => {
  let marketing: RunningMarketing;
  const [people = []] = fc.sample(contactRows({ minLength: 60, maxLength: 60 }), { numRuns: 1, seed: 20_261_123 });
  const aino = randomUUID();

  beforeAll(async () => {
    marketing = await RunningMarketing.prepare('explain');
    marketing.register.come();
    await insertContacts(marketing.database, [
      ...people, toContactRow(person(aino, [1, 1], ['email', 'sms'], { email: 'Aino.Virtanen@example.fi', phone: '+358401234567', birthYear: 1980 }))!,
    ], marketing.config.indexKey);
    await marketing.start();
  });
  beforeEach(() => marketing.open());
  afterAll(() => marketing.close());

  type Answer = Awaited<ReturnType<RunningMarketing['request']>>;
  const explain = (body: object, headers: Record<string, string | undefined> = PURPOSE, scopes: readonly Scope[] = ['audience:explain']): Promise<Answer> =>
    marketing.request('POST', '/v1/audience/explain', body, scopes, { headers, subject: 'tiina' });
  const explainAddress = (body: object, headers: Record<string, string | undefined> = PURPOSE): Promise<Answer> =>
    marketing.request('POST', '/v1/audience/explain-address', body, ['audience:find'], { headers, subject: 'tiina' });
  const reads = (): Promise<{ actor: string; purpose: string; route: string; ref: string | null }[]> =>
    marketing.database.query('SELECT actor, purpose, route, ref FROM person_read ORDER BY id');

  it('is told condition by condition', async () => {
    const filter = { interests: { any: ['coffee'], none: ['tea'] }, any: [{ birthYear: { before: 1970 } }, { language: { is: 'fi' } }] };
    expect(await explain({ ref: aino, channel: 'email', filter })).toMatchObject({ status: 200, body: {
      on: false, held: true, ref: aino, channel: 'email', stale: false, conditions: [
        { pointer: '/any', holds: true }, { pointer: '/any/0/birthYear/before', holds: false }, { pointer: '/any/1/language/is', holds: true },
        { pointer: '/interests/any', holds: true }, { pointer: '/interests/none', holds: false },
      ],
    } });
    expect((await explain({ ref: aino, channel: 'email' })).body).toMatchObject({ on: true, conditions: [] });
  });

  it('agrees with the list and with each condition, for anybody and any filter', async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom(...people), fc.constantFrom(...CHANNELS), anyFilter, async (contact, channel, filter) => {
      const { body } = await explain({ ref: contact.ref, channel, filter });
      const listed = (await marketing.listed(channel, filter)).some(({ ref }) => ref === contact.ref);
      const isHeld = contact[`${channel}_since`] !== null;
      expect([body['on'], body['held']]).toEqual([listed, isHeld]);
      const now = new Date();
      expect(body['conditions']).toEqual(!isHeld ? [] : partsOf(FilterSchema.parse(filter)).map((part) => ({ pointer: part.pointer, holds: holdsFor(contact, channel, part.filter, now) })));
    }), { numRuns: 150 });
  });

  it('is told for the largest filter there may be', async () => {
    const deepest = { any: Array.from({ length: 100 }, (_, nth) => ({ occupation: { noneOf: Array.from({ length: 100 }, (__, other) => `job ${nth} ${other}`) } })) };
    const filter = Array.from({ length: 6 }).reduce<object>((inner) => ({ all: [inner] }), deepest);
    const { status, body } = await explain({ ref: aino, channel: 'email', filter });
    expect([status, body['on'], (body['conditions'] as unknown[]).length]).toEqual([200, true, 6 + 1 + 100]);
  });

  it('looks the same for whoever is not held for the channel, whatever the reason', async () => {
    const [withdrawn, erased, onlyBySms] = [randomUUID(), randomUUID(), randomUUID()];
    for (const ref of [withdrawn, erased]) {
      marketing.register.people.set(ref, person(ref, [1, 1], ['email']));
      await marketing.register.tell(changed(ref, [1, 1], ['email']));
      await marketing.register.answer(ref);
      await marketing.open();
      expect((await explain({ ref, channel: 'email' })).body).toMatchObject({ on: true, held: true });
      await marketing.register.tell(changed(ref, [1, 2], [], ref === erased));
      await marketing.register.answer(ref, 2);
    }
    await insertContacts(marketing.database, [toContactRow(person(onlyBySms, [1, 1], ['sms']))!], marketing.config.indexKey);
    for (const ref of [withdrawn, erased, onlyBySms, randomUUID()]) {
      expect((await explain({ ref, channel: 'email', filter: { interests: { any: ['coffee'] } } })).body).toEqual(NOT_HELD);
    }
    // Nothing about the erased is left, neither of the read before her erasure nor of the one after.
    expect((await reads()).map(({ ref }) => ref)).toEqual(expect.not.arrayContaining([erased]));
    expect((await reads()).map(({ ref }) => ref)).toEqual(expect.arrayContaining([withdrawn]));
  });

  it('is found by address, exactly, by data protection only', async () => {
    const about = { on: true, held: true, ref: aino };
    expect((await explainAddress({ email: ' AINO.virtanen@EXAMPLE.fi', channel: 'email' })).body).toMatchObject(about);
    expect((await explainAddress({ phone: '040 123 4567', channel: 'email' })).body).toMatchObject(about);
    for (const email of ['aino.virtanen@example.f', 'aino@example.fi', '%', ' ']) {
      expect((await explainAddress({ email, channel: 'email', filter: { language: { is: 'fi' } } })).body).toEqual(NOT_HELD);
    }
    expect((await explainAddress({ email: 'aino.virtanen@example.fi', channel: 'post' })).body).toEqual({ ...NOT_HELD, channel: 'post' });
    expect((await explainAddress({ channel: 'email' })).body).toMatchObject({ errors: [{ pointer: '#/email' }] });
    expect((await explainAddress({ email: 'a@example.fi', phone: '040 123 4567', channel: 'email' })).status).toBe(422);
    expect(marketing.log.join('\n')).not.toMatch(/virtanen|1234567|040 123/i);
  });

  it('is logged: who looked at whom, what for', async () => {
    await marketing.database.query('DELETE FROM person_read');
    for (const headers of [{ 'lupa-purpose': undefined }, { 'lupa-purpose': 'Because I want to' }]) {
      expect(await explain({ ref: aino, channel: 'email' }, headers)).toMatchObject({ status: 400, body: { type: '/problems/purpose-missing' } });
      expect((await explainAddress({ email: 'aino.virtanen@example.fi', channel: 'email' }, headers)).status).toBe(400);
    }
    await explain({ ref: aino, channel: 'email', segment: { id: randomUUID() } });
    expect(await reads()).toEqual([]);
    await explain({ ref: aino, channel: 'email' });
    await explainAddress({ email: 'aino.virtanen@example.fi', channel: 'sms' });
    await explainAddress({ email: 'nobody@example.fi', channel: 'sms' });
    const entry = { actor: 'tiina', purpose: 'rights-and-obligations' };
    expect(await reads()).toEqual([
      { ...entry, route: 'POST /v1/audience/explain', ref: aino },
      { ...entry, route: 'POST /v1/audience/explain-address', ref: aino },
      { ...entry, route: 'POST /v1/audience/explain-address', ref: null },
    ]);
  });

  it('is asked of a segment too, and of a snapshot in it', async () => {
    const scopes: readonly Scope[] = ['segments:write'];
    const { body: snapshot } = await marketing.request('POST', '/v1/snapshots', { name: 'Now', channel: 'email', filter: { birthYear: { before: 1990 } } }, scopes);
    const { body: segment } = await marketing.request('POST', '/v1/segments', { name: 'On it', channel: 'email', filter: { snapshot: { id: snapshot['id'] } } }, scopes);
    expect((await explain({ ref: aino, segment: { id: segment['id'] } })).body).toMatchObject({
      on: true, segment: { id: segment['id'], version: 1 }, conditions: [{ pointer: '/snapshot', holds: true }],
    });
    expect(await explain({ ref: aino, filter: {} })).toMatchObject({ status: 422, body: { errors: [{ pointer: '#/channel' }] } });
  });

  it('says when it is stale', async () => {
    const w = new Date(Date.now() - 61_000).toISOString();
    await marketing.database.query('UPDATE link_state SET watermark = $1, issued_at = $1, received_at = $1', [w]);
    expect((await explain({ ref: aino, channel: 'email' })).body).toMatchObject({ on: true, stale: true, asOf: w });
  });
});
