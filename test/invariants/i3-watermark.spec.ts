import { jest } from '@jest/globals';
import { QUEUES } from '#messaging/topology.js';
import { startPair, type Pair } from '#test/support/pair.js';
import { People, type Someone } from '#test/support/people.js';
import { seeded } from '#test/support/seeded.js';
import { Tap, type Tapped } from '#test/support/tap.js';
import { waitFor } from '#test/support/wait-for.js';

jest.setTimeout(90_000);

const SEED = Number(process.env['LUPA_SEED'] ?? 33);
const CHANNELS = ['email', 'sms', 'phone', 'post'] as const;

interface Word {
  readonly watermark: string;
  readonly issuedAt: string;
}

/** An acknowledged change: the version it made, and when the register had answered. */
interface Deed {
  readonly id: string;
  readonly version: number;
  readonly ackedAt: number;
}

/** I3: everything committed up to W is applied. */
describe(`the watermark (seed ${SEED})`, () => {
  let pair: Pair;
  let people: People;

  beforeAll(async () => {
    pair = await startPair('watermark');
    people = new People(pair);
    await people.prepare();
    await pair.open();
  });
  afterAll(() => pair.stop());

  it('never promises what a broker has lost, doubled or turned round, and comes to rest all the same', async () => {
    const random = seeded(SEED);
    const deeds: Deed[] = [];
    const broken: string[] = [];
    const words: Word[] = [];
    let looking: Promise<unknown> = Promise.resolve();
    const watch = await Tap.open(pair.vhost.url, ['watermark'], (message) => {
      const word = JSON.parse(message.content.toString('utf8')) as Word;
      words.push(word);
      looking = looking.then(() => look(word));
    });
    /** The oracle: at the moment W is heard, marketing has seen every change acknowledged before W. */
    const look = async ({ watermark }: Word): Promise<void> => {
      const due = new Map<string, number>();
      for (const { id, version, ackedAt } of deeds) if (ackedAt < Date.parse(watermark)) due.set(id, Math.max(version, due.get(id) ?? 0));
      const { rows: known } = await pair.sides.register.query<{ id: string; ref: string }>('SELECT id, ref FROM customer WHERE known_to_marketing');
      const { rows: seen } = await pair.sides.marketing.query<{ ref: string; version: number }>('SELECT ref, version::int AS version FROM ref_state');
      const versions = new Map(seen.map(({ ref, version }) => [ref, version]));
      for (const { id, ref } of known) {
        if ((due.get(id) ?? 0) > (versions.get(ref) ?? 0)) broken.push(`W ${watermark} but version ${String(due.get(id))} is not applied`);
      }
    };

    // A consumer beside the real one gets its share of the messages: some of them nobody ever sees, some come twice, some late.
    const held: Tapped[] = [];
    const mischief = await Tap.open(pair.vhost.url, []);
    let lost = 0;
    const mangle = ({ fields, content }: { fields: { routingKey: string }; content: Buffer }): void => {
      const message = { routingKey: fields.routingKey, content };
      const fate = random.next();
      if (fate < 0.35) lost += 1;
      else if (fate < 0.7) held.push(message);
      else for (const copy of [message, message]) mischief.publish(copy);
      if (held.length > 6) for (const late of random.shuffled(held.splice(0))) mischief.publish(late);
    };
    for (const queue of [QUEUES.removals, QUEUES.changes, QUEUES.applied]) await mischief.compete(queue, mangle);

    const everybody: Someone[] = [];
    for (let index = 0; index < 15; index += 1) everybody.push(await people.create('email', random.pick(CHANNELS)));
    const begun = Date.now();
    while (words.filter(({ watermark }) => Date.parse(watermark) > begun).length < 3 || deeds.length < 150) {
      const someone = random.pick(everybody);
      const body = await (random.chance(0.5) ? people.withdraw(someone, random.pick(CHANNELS)) : people.grant(someone, random.pick(CHANNELS)));
      deeds.push({ id: someone.id, version: Number(body['version']), ackedAt: Date.now() });
      if (random.chance(0.1)) {
        await pair.resendNow();
        await waitFor('the register to have told it again', async () => (await unsent(pair)) === 0);
      }
      if (Date.now() > begun + 40_000) throw new Error(`W did not move on: ${String(words.length)} words heard`);
    }
    await waitFor('rest', async () => {
      await pair.resendNow();
      for (const late of held.splice(0)) mischief.publish(late);
      return (await pair.sides.register.query('SELECT 1 FROM sync_pending')).rowCount === 0;
    }, 30_000);
    await looking;
    await Promise.all([watch.close(), mischief.close()]);
    expect(broken).toEqual([]);
    expect(lost).toBeGreaterThan(5);
    expect(await pair.verdict()).toMatchObject({ equal: true });
  });

  it('stands before the oldest unanswered change, however often that person changes again', async () => {
    const someone = await people.create('email', 'sms');
    await pair.rest();
    const words: Word[] = [];
    const watch = await Tap.open(pair.vhost.url, ['watermark'], ({ content }) => { words.push(JSON.parse(content.toString('utf8')) as Word); });
    await pair.marketing.kill();
    await people.withdraw(someone, 'email');
    const first = Date.now();
    const wordAfter = (time: number): Promise<Word> => waitFor('a watermark', () => words.find(({ issuedAt }) => Date.parse(issuedAt) > time));
    expect(Date.parse((await wordAfter(first)).watermark)).toBeLessThanOrEqual(first);
    await people.withdraw(someone, 'sms');
    const second = Date.now();
    expect(Date.parse((await wordAfter(second)).watermark)).toBeLessThanOrEqual(first);
    await watch.close();
    await pair.marketing.start();
    await pair.open();
    expect(await people.listed('sms')).not.toContain(someone.marker);
  });

  it('passes nothing that only the broker has confirmed: what it loses is told again', async () => {
    const someone = await people.create('email');
    await waitFor('her to be listed', async () => (await people.listed('email')).includes(someone.marker));
    await pair.marketing.kill();
    await people.withdraw(someone, 'email');
    await waitFor('the broker to hold it', async () => (await pair.vhost.ready(QUEUES.removals)) > 0);
    await waitFor('its confirm to be booked', async () => (await unsent(pair)) === 0);
    await pair.vhost.deleteQueue(QUEUES.removals);
    await pair.marketing.start();
    await pair.open(30_000);
    expect(await people.listed('email')).not.toContain(someone.marker);
    expect(await pair.verdict()).toMatchObject({ equal: true });
  });

  it('an answer that is lost is given again when the change is told again', async () => {
    let lost = 0;
    const thief = await Tap.open(pair.vhost.url, []);
    await thief.compete(QUEUES.applied, () => { lost += 1; });
    const told: Someone[] = [];
    // The thief and the register take turns at the answers.
    while (lost === 0) told.push(await people.create('email'));
    await thief.close();
    await waitFor('rest', async () => {
      await pair.resendNow();
      return (await pair.sides.register.query('SELECT 1 FROM sync_pending')).rowCount === 0;
    });
    await pair.open();
    expect(await people.listed('email')).toEqual(expect.arrayContaining(told.map(({ marker }) => marker)));
    expect(await pair.verdict()).toMatchObject({ equal: true });
  });
});

/** Pending changes that are due and not yet sent. */
async function unsent(pair: Pair): Promise<number> {
  const { rows } = await pair.sides.register.query<{ count: number }>('SELECT count(*)::int AS count FROM sync_pending WHERE next_attempt_at <= clock_timestamp()');
  return rows[0]?.count ?? 0;
}
