import { jest } from '@jest/globals';
import { Retention } from '#register/retention/retention.service.js';
import { newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';
import { waitFor } from '#test/support/wait-for.js';

jest.setTimeout(60_000);

let register: TestRegister;
let clerk: string;
beforeAll(async () => {
  register = await startTestRegister('late-ends');
  clerk = await register.token({ scopes: ['customers:write'] });
});
afterAll(async () => { await register.stop(); });

const DAY_MS = 86_400_000;
const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);
const LONG_AGO = '2016-05-01T12:00:00.000Z';
const create = async (): Promise<string> => String((await register.call('POST', '/v1/customers', { body: newCustomer() })).body['id']);
const end = async (id: string, endedAt = LONG_AGO): Promise<void> => {
  expect((await register.call('PUT', `/v1/customers/${id}/end`, { body: { endedAt, reason: 'inactivity' }, token: clerk })).status).toBe(200);
};
/** Whether a run of retention so many days on leaves her. */
const isThereAfter = async (id: string, days: number): Promise<boolean> => {
  const retention = register.app.get(Retention, { strict: false });
  while ((await retention.chunk('relationship-ended', inDays(days), true)).kind !== 'finished');
  return (await register.database.query<object[]>('SELECT 1 FROM customer WHERE id = $1', [id])).length === 1;
};
/** As if all that is on record of her standing had been recorded so many days earlier. */
const recordedEarlier = async (id: string, days: number): Promise<void> => {
  await register.database.query(`
    ALTER TABLE standing_record DISABLE TRIGGER standing_record_append_only;
    UPDATE standing_record SET recorded_at = recorded_at - interval '${days} days' WHERE customer_id = '${id}';
    ALTER TABLE standing_record ENABLE TRIGGER standing_record_append_only`);
};

describe('the end of a relationship long ago, told only now', () => {
  it('erases nobody before it has been on record for 30 days, and is counted meanwhile', async () => {
    const id = await create();
    expect((await register.call('DELETE', `/v1/customers/${id}`, { token: clerk })).body['type']).toBe('/problems/scope-missing');
    await end(id);
    const preview = async (days: number) => (await register.app.get(Retention, { strict: false }).preview(inDays(days)))[0];
    expect(await preview(0)).toMatchObject({ rule: 'relationship-ended', due: 0, spared: 1, oldest: null });
    expect([await isThereAfter(id, 0), await isThereAfter(id, 29)]).toEqual([true, true]);
    expect(await preview(31)).toMatchObject({ due: 1, spared: 0, oldest: new Date(LONG_AGO) });
    expect(await isThereAfter(id, 31)).toBe(false);
  });

  it('and told again with the same date is no news', async () => {
    const id = await create();
    await end(id);
    await recordedEarlier(id, 20);
    await end(id);
    expect([await isThereAfter(id, 9), await isThereAfter(id, 11)]).toEqual([true, false]);
  });

  const corrections: readonly [string, (id: string) => Promise<unknown>][] = [
    ['corrected to another day', (id) => end(id, '2015-05-01T12:00:00.000Z')],
    ['corrected and put back', async (id) => { await end(id, new Date().toISOString()); await end(id); }],
    ['taken back and told anew', async (id) => { await register.call('DELETE', `/v1/customers/${id}/end`, { token: clerk }); await end(id); }],
  ];
  it.each(corrections)('and %s is on record from then on', async (_what, correct) => {
    const id = await create();
    await end(id);
    await recordedEarlier(id, 40);
    await correct(id);
    expect([await isThereAfter(id, 29), await isThereAfter(id, 31)]).toEqual([true, false]);
  });

  it('erases nobody whose end was taken back and told anew between look and lock', async () => {
    const id = await create();
    await end(id);
    await recordedEarlier(id, 40);
    const retention = register.app.get(Retention, { strict: false });
    const clerkIsAtIt = register.database.createQueryRunner();
    await clerkIsAtIt.startTransaction();
    await clerkIsAtIt.query('SELECT 1 FROM customer WHERE id = $1 FOR UPDATE', [id]);
    const run = retention.chunk('relationship-ended', new Date(), true);
    await waitFor('retention to wait for her', async () =>
      (await register.database.query<object[]>("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")).length === 1);
    await clerkIsAtIt.query("INSERT INTO standing_record (customer_id, kind, effective_at, actor) VALUES ($1, 'resumed', now(), 'shop')", [id]);
    await clerkIsAtIt.query("INSERT INTO standing_record (customer_id, kind, effective_at, actor) SELECT id, 'ended', ended_at, 'shop' FROM customer WHERE id = $1", [id]);
    await clerkIsAtIt.commitTransaction();
    await clerkIsAtIt.release();
    await run;
    expect(await isThereAfter(id, 0)).toBe(true);
  });
});
