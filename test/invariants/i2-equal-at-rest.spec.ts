import { jest } from '@jest/globals';
import { startPair, type Pair } from '#test/support/pair.js';
import { People, type Someone } from '#test/support/people.js';
import { seeded } from '#test/support/seeded.js';

jest.setTimeout(90_000);

const SEED = Number(process.env['LUPA_SEED'] ?? 22);
const CHANNELS = ['email', 'sms', 'phone', 'post'] as const;

/** I2: at rest, marketing's contacts are the opted-in customers, field by field. */
describe(`marketing at rest (seed ${SEED})`, () => {
  let pair: Pair;
  let people: People;

  beforeAll(async () => {
    pair = await startPair('equal');
    people = new People(pair);
    await people.prepare();
    await pair.open();
  });
  afterAll(() => pair.stop());

  const isHeld = async ({ marker }: Someone): Promise<boolean> =>
    (await pair.sides.marketing.query('SELECT 1 FROM contact WHERE last_name = $1', [marker])).rowCount === 1;
  const patch = async ({ id }: Someone, body: object): Promise<void> => {
    const { rows } = await pair.sides.register.query<{ version: number }>('SELECT version FROM customer WHERE id = $1', [id]);
    const { status } = await pair.call('PATCH', `/v1/customers/${id}`, body, { 'if-match': `"${String(rows[0]?.version)}"` });
    expect(status).toBe(200);
  };

  const leaving: readonly [string, (who: Someone) => Promise<unknown>][] = [
    ['withdraws her only consent', (who) => people.withdraw(who, 'email')],
    ['stops everything', (who) => people.stopAll(who)],
    ['objects', (who) => people.object(who)],
    ['is restricted', (who) => people.restrict(who)],
    ['ends the relationship', (who) => people.end(who)],
    ['is erased', (who) => people.erase(who)],
    ['loses her address', (who) => patch(who, { contact: { email: null } })],
    ['turns out to be a minor', (who) => patch(who, { demographics: { birthYear: new Date().getUTCFullYear() - 8 } })],
  ];
  it.each(leaving)('does not hold anybody who %s', async (_what, leave) => {
    const someone = await people.create('email');
    await pair.rest();
    expect(await isHeld(someone)).toBe(true);
    await leave(someone);
    await pair.rest();
    expect(await isHeld(someone)).toBe(false);
    expect(await pair.verdict()).toMatchObject({ equal: true });
  });

  it.each([
    ['a restriction is lifted', (who: Someone) => people.restrict(who), (who: Someone) => people.lift(who)],
    ['a relationship is resumed', (who: Someone) => people.end(who), (who: Someone) => people.resume(who)],
    ['somebody who objected consents anew', (who: Someone) => people.object(who), (who: Someone) => people.grant(who, 'sms')],
  ])('holds her again when %s', async (_what, leave, come) => {
    const someone = await people.create('email', 'post');
    await leave(someone);
    await pair.rest();
    expect(await isHeld(someone)).toBe(false);
    await come(someone);
    await pair.rest();
    expect(await isHeld(someone)).toBe(true);
    expect(await pair.verdict()).toMatchObject({ equal: true });
  });

  it('equals the opted-in customers after 300 changes of 40 people, eight at a time', async () => {
    const random = seeded(SEED);
    const deeds: ((who: Someone) => Promise<unknown>)[] = [
      ...CHANNELS.flatMap((channel) => [(who: Someone) => people.grant(who, channel), (who: Someone) => people.withdraw(who, channel)]),
      (who) => people.stopAll(who), (who) => people.object(who), (who) => people.restrict(who), (who) => people.lift(who),
      (who) => people.lift(who), (who) => people.end(who), (who) => people.resume(who), (who) => people.resume(who),
    ];
    const everybody = await Promise.all(Array.from({ length: 40 }, () => people.create(...CHANNELS.filter(() => random.chance(0.5)))));
    let left = 300;
    const work = async (own: readonly Someone[]): Promise<void> => {
      while (left > 0) {
        left -= 1;
        // A grant to somebody restricted or gone is refused, which is right and changes nothing.
        await random.pick(deeds)(random.pick(own)).catch((error: unknown) => { expect(String(error)).toMatch(/answered 4(09|22)/); });
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, worker) => work(everybody.filter((_who, index) => index % 8 === worker))));
    for (const someone of everybody.filter(() => random.chance(0.2))) await people.erase(someone);
    const verdict = await pair.verdict();
    expect(verdict).toMatchObject({ equal: true });
    expect(verdict.optedIn).toBeGreaterThan(5);
  });

  it('and the comparison itself sees one altered field, one missing person, one too many, and data of the erased', async () => {
    const [altered, missing, extra, gone] = [await people.create('post'), await people.create('email'), await people.create('sms'), await people.create('email')];
    await people.erase(gone);
    await pair.rest();
    const { marketing, register } = pair.sides;
    await marketing.query("UPDATE contact SET city = 'Espoo' WHERE last_name = $1", [altered.marker]);
    await marketing.query('DELETE FROM contact WHERE last_name = $1', [missing.marker]);
    await register.query('UPDATE customer SET objected_at = now() WHERE id = $1', [extra.id]);
    await marketing.query(`INSERT INTO contact (ref, email, email_digest, email_since, email_wording_id, email_wording_version, email_source)
      SELECT ref, 'x@example.fi', '\\x00', now(), 'w', 1, 's' FROM ref_state WHERE erased LIMIT 1`);
    const refs = async (who: Someone): Promise<string | undefined> =>
      (await register.query<{ ref: string }>('SELECT ref FROM customer WHERE id = $1', [who.id])).rows[0]?.ref;
    const verdict = await pair.verdict();
    expect(verdict.equal).toBe(false);
    expect(verdict.differing).toEqual([{ ref: await refs(altered), fields: ['city'] }]);
    expect(verdict.missing).toEqual([await refs(missing)]);
    expect(verdict.extra).toHaveLength(2);
    expect(verdict.extra).toContain(await refs(extra));
    expect(verdict.tombstonesWithData).toBe(1);
  });
});
