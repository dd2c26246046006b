import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { QUEUES } from '#messaging/topology.js';
import { startPair, type Pair } from '#test/support/pair.js';
import { People, type Someone, WORDING } from '#test/support/people.js';
import { seeded } from '#test/support/seeded.js';
import { waitFor } from '#test/support/wait-for.js';

jest.setTimeout(90_000);

const SEED = Number(process.env['LUPA_SEED'] ?? 44);
const RECOVERY_MS = 10_000;

/** I4: no acknowledged change is lost. The long version is `npm run torture`. */
describe(`after kill -9 (seed ${SEED})`, () => {
  let pair: Pair;
  let people: People;

  beforeAll(async () => {
    pair = await startPair('killed');
    people = new People(pair);
    await people.prepare();
    await pair.open();
  });
  afterAll(() => pair.stop());

  const isListed = async ({ marker }: Someone): Promise<boolean> => (await people.listed('email')).includes(marker);

  it('of the register between commit and publish, the change still arrives', async () => {
    pair.links.register.blackHole();
    const someone = await people.create('email');
    await pair.register.kill();
    pair.links.register.heal();
    await pair.register.start();
    expect(await pair.open(30_000)).toBeLessThan(RECOVERY_MS);
    expect(await isListed(someone)).toBe(true);
  });

  it('of the register between publish and confirm, the change arrives, told twice or not', async () => {
    await pair.marketing.kill();
    const someone = await people.create('email');
    await waitFor('the broker to hold it', async () => (await pair.vhost.ready(QUEUES.changes)) > 0);
    await pair.register.kill();
    await Promise.all([pair.register.start(), pair.marketing.start()]);
    await pair.open(30_000);
    expect(await isListed(someone)).toBe(true);
  });

  it('of marketing between delivery and apply, a withdrawal is applied by the next one', async () => {
    const someone = await people.create('email');
    await pair.rest();
    // Marketing is stopped in its tracks with the message in its hands.
    pair.marketing.freeze(true);
    await people.withdraw(someone, 'email');
    await waitFor('the register to have sent it', async () =>
      (await pair.sides.register.query('SELECT 1 FROM sync_pending WHERE last_sent_at IS NOT NULL')).rowCount === 1);
    await pair.marketing.kill();
    await pair.marketing.start();
    await pair.open(30_000);
    expect(await isListed(someone)).toBe(false);
  });

  it('of marketing between apply and answer, the register still gets its answer', async () => {
    const someone = await people.create('email');
    await pair.rest();
    await pair.sides.marketing.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = '57014'; END $$;
      CREATE TRIGGER refuse BEFORE DELETE ON answer FOR EACH ROW EXECUTE FUNCTION refuse();`);
    await people.withdraw(someone, 'email');
    await waitFor('it to be applied', async () => (await pair.sides.marketing.query('SELECT 1 FROM answer')).rowCount !== 0);
    await pair.marketing.kill();
    await pair.sides.marketing.query('DROP TRIGGER refuse ON answer');
    await pair.marketing.start();
    await pair.open(30_000);
    expect(await isListed(someone)).toBe(false);
    expect(await pair.verdict()).toMatchObject({ equal: true });
  });

  it('of both, at random moments of a load, everything acknowledged is there and marketing is equal', async () => {
    const random = seeded(SEED);
    const acknowledged: string[] = [];
    let isLoading = true;
    const create = async (index: number): Promise<void> => {
      const email = `${randomUUID()}@example.fi`;
      const headers = { 'idempotency-key': randomUUID() };
      const consent = { purpose: 'marketing', channel: 'email', decision: 'granted', decidedAt: new Date().toISOString(), method: 'checkout', sourceSystem: 'web-shop' };
      const body = { contact: { firstName: `N${String(index)}`, email }, consents: [{ ...consent, wording: WORDING }] };
      // A client that was cut off repeats the same request under the same key.
      const answer = await waitFor('an answer', async () => {
        const given = await pair.call('POST', '/v1/customers', body, headers).catch(() => undefined);
        return given?.status === 201 && given;
      }, 40_000);
      acknowledged.push(String(answer.body['id']));
    };
    const load = (async () => {
      for (let index = 0; index < 200; index += 10) await Promise.all(Array.from({ length: 10 }, (_, offset) => create(index + offset)));
    })().finally(() => { isLoading = false; });
    for (const victim of random.shuffled([pair.register, pair.marketing, pair.register])) {
      const moment = acknowledged.length + random.int(40);
      await waitFor('its moment', () => acknowledged.length >= moment || !isLoading, 40_000);
      await victim.kill();
      await victim.start();
    }
    await load;
    expect(await pair.open(30_000)).toBeLessThan(RECOVERY_MS);
    const { rows } = await pair.sides.register.query<{ id: string }>("SELECT id FROM customer WHERE first_name LIKE 'N%' ORDER BY id");
    expect(rows.map(({ id }) => id)).toEqual([...acknowledged].sort());
    expect(acknowledged).toHaveLength(200);
    expect(await pair.verdict()).toMatchObject({ equal: true });
  });
});
