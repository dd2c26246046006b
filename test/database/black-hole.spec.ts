import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type Answer, type Pair, startPair } from '#test/support/pair.js';
import { People } from '#test/support/people.js';
import type { ServiceProcess } from '#test/support/service-process.js';
import { waitFor } from '#test/support/wait-for.js';

jest.setTimeout(90_000);

const LIMIT_SECONDS = 4;
const RECOVERY_MS = 30_000;

/** The host of a database is cut off: packets are swallowed, and nobody is told. */
describe('a database in a black hole', () => {
  let pair: Pair;
  let people: People;

  beforeAll(async () => {
    const environment = { DATABASE_QUERY_TIMEOUT_MS: '1500' };
    pair = await startPair('black-hole', { freshnessLimitSeconds: LIMIT_SECONDS, databaseLinks: true, registerEnvironment: environment, marketingEnvironment: environment });
    people = new People(pair);
    await people.prepare();
  });
  beforeEach(() => pair.open(RECOVERY_MS));
  afterEach(() => { for (const link of Object.values(pair.databases)) link.heal(); });
  afterAll(() => pair.stop());

  const list = (): Promise<Answer> => pair.ask('POST', '/v1/audience/query', { channel: 'email' });
  const ready = async ({ url }: ServiceProcess): Promise<object> => {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(10_000) });
    return { status: response.status, checks: ((await response.json()) as { checks: object }).checks };
  };
  const away = { status: 503, body: { type: '/problems/database-away', status: 503 } };

  it('of the register: requests are refused, lists close, and what was refused can be repeated when it is back', async () => {
    const leaving = await people.create('email');
    await pair.rest();
    const withdraw = (key: string): Promise<Answer> => pair.call('POST', `/v1/customers/${leaving.id}/stop-all`,
      { decidedAt: new Date(Date.now() - 1_000).toISOString(), method: 'account-settings', sourceSystem: 'web-shop' }, { 'idempotency-key': key });
    pair.databases.register.blackHole();
    expect(await withdraw(randomUUID())).toMatchObject(away);
    expect(await pair.call('GET', `/v1/customers/${leaving.id}`)).toMatchObject(away);
    expect(await ready(pair.register)).toMatchObject({ status: 503, checks: { database: 'down' } });
    expect((await waitFor('lists to close', async () => { const answer = await list(); return answer.status !== 200 && answer; })).body)
      .toMatchObject({ type: '/problems/list-stale', reason: 'too-old' });
    pair.databases.register.heal();
    await pair.open(RECOVERY_MS);
    expect((await withdraw(randomUUID())).status).toBe(200);
    await pair.rest();
    expect(await people.listed('email')).not.toContain(leaving.marker);
    expect(await ready(pair.register)).toMatchObject({ status: 200, checks: { database: 'up' } });
  });

  it('of marketing: lists are refused, and who leaves meanwhile is off them when they open again', async () => {
    const leaving = await people.create('email');
    await pair.rest();
    pair.databases.marketing.blackHole();
    expect(await list()).toMatchObject(away);
    expect(await ready(pair.marketing)).toMatchObject({ status: 503, checks: { database: 'down' } });
    await people.withdraw(leaving, 'email');
    await waitFor('the batch to fail', () => pair.marketing.output.some((line) => line.includes('"batch-failed"') && line.includes('marketing.removals')));
    pair.databases.marketing.heal();
    await pair.open(RECOVERY_MS);
    await pair.rest();
    expect(await people.listed('email')).not.toContain(leaving.marker);
  });

  it('of the erasure log: nobody is erased, everything else goes on', async () => {
    const someone = await people.create('email');
    pair.databases.erasureLog.blackHole();
    expect(await pair.call('DELETE', `/v1/customers/${someone.id}`)).toMatchObject({ status: 503, body: { type: '/problems/erasure-log-away' } });
    expect(await ready(pair.register)).toMatchObject({ status: 200, checks: { database: 'up', 'erasure-log': 'down' } });
    expect((await pair.call('GET', `/v1/customers/${someone.id}`)).status).toBe(200);
    pair.databases.erasureLog.heal();
    await waitFor('the log', async () => (await pair.call('DELETE', `/v1/customers/${someone.id}`)).status < 300, RECOVERY_MS);
    await pair.rest();
    expect(await people.listed('email')).not.toContain(someone.marker);
  });
});

describe('stopping in a black hole', () => {
  let pair: Pair;
  beforeAll(async () => { pair = await startPair('black-hole-stop', { databaseLinks: true }); });
  afterAll(() => pair.stop());

  it('ends both services, whatever they wait for', async () => {
    const people = new People(pair);
    await people.prepare();
    await people.create('email');
    await pair.rest();
    for (const link of [...Object.values(pair.databases), ...Object.values(pair.links)]) link.blackHole();
    const cutOff = Promise.allSettled([pair.call('GET', '/v1/customers'), pair.ask('POST', '/v1/audience/query', { channel: 'email' })]);
    const ended: string[] = [];
    for (const service of [pair.register, pair.marketing]) void service.stop().then(() => ended.push(service.name));
    // Well below the 35 s that a query may take.
    await waitFor('the end of both', () => ended.length === 2, 20_000);
    await cutOff;
  });
});
