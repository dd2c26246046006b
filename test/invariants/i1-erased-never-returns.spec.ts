import { jest } from '@jest/globals';
import { startPair, type Pair } from '#test/support/pair.js';
import { People, type Someone } from '#test/support/people.js';
import { seeded } from '#test/support/seeded.js';
import { Tap } from '#test/support/tap.js';

jest.setTimeout(90_000);

const SEED = Number(process.env['LUPA_SEED'] ?? 11);
const CHANNELS = ['email', 'sms', 'phone', 'post'] as const;

/** I1: an erased person never returns. */
describe(`an erased person (seed ${SEED})`, () => {
  let pair: Pair;
  let people: People;
  let tap: Tap;
  const erased: Someone[] = [];
  const staying: Someone[] = [];

  beforeAll(async () => {
    pair = await startPair('erased');
    people = new People(pair);
    await people.prepare();
    await pair.open();
    tap = await Tap.open(pair.vhost.url, ['consent.#']);
    const random = seeded(SEED);
    for (let index = 0; index < 12; index += 1) {
      const someone = await people.create(...CHANNELS.filter(() => random.chance(0.6)), 'email' as const);
      await people.withdraw(someone, random.pick(CHANNELS));
      await people.grant(someone, random.pick(CHANNELS));
      (index % 2 === 0 ? erased : staying).push(someone);
    }
    await pair.rest();
    // What an older backup of the register would hold.
    await pair.sides.register.query('CREATE TABLE saved_customer AS SELECT * FROM customer; CREATE TABLE saved_consent AS SELECT * FROM consent');
    for (const someone of erased) await people.erase(someone);
    await pair.rest();
  });
  afterAll(async () => {
    await tap.close();
    await pair.stop();
  });

  const markersHeld = async (): Promise<string[]> =>
    (await pair.sides.marketing.query<{ name: string }>('SELECT last_name AS name FROM contact ORDER BY 1')).rows.map(({ name }) => name);
  const markersOf = (list: readonly Someone[]): string[] => list.map(({ marker }) => marker).sort();

  it('is gone once the erasure is answered, and every case is closed', async () => {
    expect(await markersHeld()).toEqual(markersOf(staying));
    expect(await pair.verdict()).toMatchObject({ equal: true, optedIn: staying.length, forgotten: [] });
  });

  it('stays out when the whole history of messages comes again, three times, in any order', async () => {
    const random = seeded(SEED + 1);
    const history = [...tap.heard];
    expect(history.length).toBeGreaterThan(24);
    for (const message of random.shuffled([...history, ...history, ...history])) tap.publish(message);
    // A queue keeps its order: when a removal and a change sent afterwards are answered, all of that has been taken.
    const last = await people.create('email');
    await people.stopAll(last);
    const another = await people.create('email');
    staying.push(another);
    expect(await pair.verdict()).toMatchObject({ equal: true, optedIn: staying.length });
    expect(await markersHeld()).toEqual(markersOf(staying));
    expect((await people.listed('email')).filter((marker) => erased.some((someone) => someone.marker === marker))).toEqual([]);
  });

  it('stays out when the register is restored to a day on which she was still a customer', async () => {
    await pair.register.kill();
    const markers = erased.map(({ marker }) => marker);
    await pair.sides.register.query('INSERT INTO customer SELECT * FROM saved_customer WHERE last_name = ANY ($1)', [markers]);
    await pair.sides.register.query('INSERT INTO consent SELECT k.* FROM saved_consent k JOIN customer c ON c.id = k.customer_id WHERE c.last_name = ANY ($1)', [markers]);
    await pair.sides.register.query('DELETE FROM erasure_case');
    pair.register.command('epoch:raise');
    await pair.register.start();
    await pair.open(30_000);
    await pair.rest();
    expect(await markersHeld()).toEqual(markersOf(staying));
  });
});
