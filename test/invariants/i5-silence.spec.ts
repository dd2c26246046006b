import { jest } from '@jest/globals';
import { connect } from 'amqplib';
import { EXCHANGE, QUEUES } from '#messaging/topology.js';
import { startPair, type Answer, type Pair } from '#test/support/pair.js';
import { People } from '#test/support/people.js';
import { waitFor } from '#test/support/wait-for.js';

jest.setTimeout(60_000);

/** Watermarks come every 2 s, so this is short for a test and long enough to stay open on a busy machine. */
const LIMIT_SECONDS = 4;
/** A list may be as old as the limit, and refuse a moment after. */
const NOTICED_MS = (LIMIT_SECONDS + 3) * 1_000;
const RECOVERY_MS = 10_000;

/** I5: silence closes the lists. */
describe('silence', () => {
  let pair: Pair;
  let people: People;

  beforeAll(async () => {
    pair = await startPair('silence', { freshnessLimitSeconds: LIMIT_SECONDS });
    people = new People(pair);
    await people.prepare();
  });
  beforeEach(() => pair.open(30_000));
  afterAll(() => pair.stop());

  const ask = (): Promise<Answer> => pair.ask('POST', '/v1/audience/query', { channel: 'email' });
  /** Asks until the list is refused; no list served meanwhile may be older than the limit. */
  const refused = async (within = NOTICED_MS): Promise<Answer['body']> => {
    const { body } = await waitFor('a refusal', async () => {
      const asked = Date.now();
      const answer = await ask();
      if (answer.status === 200) expect(asked - Date.parse(String(answer.body['asOf']))).toBeLessThanOrEqual(LIMIT_SECONDS * 1_000);
      return answer.status !== 200 && answer;
    }, within);
    return body;
  };
  const tooOld = { type: '/problems/list-stale', status: 503, reason: 'too-old', limitSeconds: LIMIT_SECONDS };

  it('of the broker: the register still takes writes, lists are refused with the reason, and both recover by themselves', async () => {
    for (const link of Object.values(pair.links)) link.refuse();
    const someone = await people.create('email');
    const leaving = await people.create('email');
    await people.withdraw(leaving, 'email');
    const problem = await refused();
    expect(problem).toMatchObject(tooOld);
    expect(Number(problem['ageSeconds'])).toBeGreaterThan(LIMIT_SECONDS);
    expect(Date.parse(String(problem['asOf']))).toBeLessThan(Date.now());
    expect((await pair.ask('POST', '/v1/audience/count', { channel: 'email' })).body).toMatchObject({ stale: true });
    for (const link of Object.values(pair.links)) link.heal();
    expect(await pair.open()).toBeLessThan(RECOVERY_MS);
    expect(await people.listed('email')).toEqual([someone.marker]);
  });

  it.each(['register', 'marketing'] as const)('of a link that falls dumb without breaking, on the side of the %s', async (side) => {
    pair.links[side].blackHole();
    expect(await refused()).toMatchObject(tooOld);
    pair.links[side].heal();
    expect(await pair.open(30_000)).toBeLessThan(RECOVERY_MS);
  });

  it('of a register that hangs', async () => {
    pair.register.freeze(true);
    expect(await refused()).toMatchObject(tooOld);
    pair.register.freeze(false);
    await pair.open(30_000);
  });

  it.each([QUEUES.watermark, QUEUES.removals])('of a queue that was deleted (%s): no list too old, nobody forgotten, and it comes back', async (queue) => {
    const leaving = await people.create('email');
    await pair.rest();
    await pair.vhost.deleteQueue(queue);
    await people.withdraw(leaving, 'email');
    expect(await openWatched()).toBe('open again');
    expect(await people.listed('email')).not.toContain(leaving.marker);
  });

  it('of a queue that was unbound', async () => {
    const leaving = await people.create('email');
    await pair.rest();
    await pair.vhost.unbind(EXCHANGE, QUEUES.removals);
    await people.withdraw(leaving, 'email');
    expect(await openWatched()).toBe('open again');
    expect(await people.listed('email')).not.toContain(leaving.marker);
  });

  it('of one message that cannot be read: it is parked, W stands still, lists close, and the next telling opens them', async () => {
    const someone = await people.create('email');
    await pair.rest();
    await pair.marketing.kill();
    await people.withdraw(someone, 'email');
    await waitFor('the broker to hold it', async () => (await pair.vhost.ready(QUEUES.removals)) > 0);
    await garble(pair.vhost.url, QUEUES.removals);
    // Keeps the register from telling it again before the silence was noticed.
    await pair.sides.register.query("UPDATE sync_pending SET next_attempt_at = clock_timestamp() + interval '1 hour'");
    await pair.marketing.start();
    await waitFor('the message to be parked', async () => (await pair.sides.marketing.query("SELECT 1 FROM parked WHERE reason = 'not-as-agreed'")).rowCount === 1);
    await waitFor('the first watermark since the start', async () => (await refused())['reason'] !== 'not-heard-since');
    expect(await refused()).toMatchObject(tooOld);
    await pair.resendNow();
    expect(await pair.open()).toBeLessThan(RECOVERY_MS);
    expect(await people.listed('email')).not.toContain(someone.marker);
    expect((await pair.sides.marketing.query('SELECT 1 FROM parked')).rowCount).toBe(0);
  });

  /** Watches every list until one takes everything up to now into account. */
  async function openWatched(): Promise<string> {
    const from = Date.now();
    return waitFor('lists to open again', async () => {
      const asked = Date.now();
      const { status, body } = await ask();
      if (status !== 200) return false;
      const asOf = Date.parse(String(body['asOf']));
      expect(asked - asOf).toBeLessThanOrEqual(LIMIT_SECONDS * 1_000);
      return asOf >= from && 'open again';
    }, 30_000);
  }
});

/** Replaces the one message of a queue by one about the same person that does not fit the contract. */
async function garble(url: string, queue: string): Promise<void> {
  const model = await connect(url);
  const channel = await model.createConfirmChannel();
  const message = await channel.get(queue);
  if (message === false) throw new Error(`${queue} is empty`);
  const told = JSON.parse(message.content.toString('utf8')) as object;
  channel.sendToQueue(queue, Buffer.from(JSON.stringify({ ...told, channels: ['telepathy'] })), { persistent: true });
  await channel.waitForConfirms();
  channel.ack(message);
  await channel.close();
  await model.close();
}
