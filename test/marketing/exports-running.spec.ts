import { jest } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { parse } from 'csv-parse/sync';
import { waitFor } from '#test/support/wait-for.js';
import { Exporting, rest } from './exporting.js';

jest.setTimeout(120_000);

/** Far more than what a connection holds between two processes that do not read: the reading must wait for the taker. */
const PEOPLE = 4_096;
const WIDTH = 8_000;

const refsIn = (content: Buffer): string[] => parse<{ ref: string }>(content, { columns: true }).map(({ ref }) => ref);

describe('a download under way', () => {
  let exporting: Exporting;
  let refs: string[];

  beforeEach(async () => {
    exporting = await Exporting.prepare('exports-running', { blockSlots: 128 });
    refs = await exporting.populate(PEOPLE, WIDTH);
  });
  afterEach(() => exporting.close());

  /** A download that has begun, and waits because nobody reads. */
  const held = async (wish: object = {}): Promise<{ id: string; response: IncomingMessage; readUpTo: number }> => {
    const id = await exporting.request(wish);
    const response = await exporting.hold(id);
    let before = -1;
    const readUpTo = await waitFor('reading to stand still', async () => {
      const { progress } = await exporting.look(id) as { progress: { rows: number } };
      const stands = progress.rows > 0 && progress.rows === before;
      before = progress.rows;
      return stands && progress.rows;
    });
    expect(readUpTo).toBeLessThan(PEOPLE / 2);
    return { id, response, readUpTo };
  };

  it('does not hold who withdrew before she was read; whoever it holds is on the removal list when she withdraws', async () => {
    const { id, response, readUpTo } = await held();
    const early = refs.slice(0, 3);
    const late = refs.slice(-3);
    expect(readUpTo).toBeLessThan(PEOPLE - 3);
    await exporting.leave(...early, ...late);
    expect((await exporting.removals()).refs).toEqual(early);
    const taken = await rest(response);
    expect(taken.isWhole).toBe(true);
    expect(refsIn(taken.content)).toEqual(refs.filter((ref) => !late.includes(ref)));
    expect((await exporting.removals()).refs).toEqual(early);
    expect(await exporting.look(id)).toMatchObject({ state: 'delivered', progress: { rows: PEOPLE - 3, percent: 100 } });
  });

  it('names for removal who leaves between being read and being put down', async () => {
    const { id, response, readUpTo } = await held();
    const blocked = (kind: string) => async (): Promise<boolean> => (await exporting.marketing.database.query<unknown[]>(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event ${kind}`)).length > 0;
    const other = exporting.marketing.database.createQueryRunner();
    await other.startTransaction();
    await other.query('SELECT 1 FROM export_block WHERE export_id = $1 FOR UPDATE', [id]);
    const taking = rest(response);
    await waitFor('a block that was read and cannot be put down', blocked(`<> 'advisory'`));
    const leaver = refs[readUpTo + 1]!;
    await exporting.leave(leaver);
    // Whoever looks for departures now must wait for that block.
    const asking = exporting.removals();
    await Promise.race([asking, waitFor('the look to wait', blocked(`= 'advisory'`))]);
    await other.rollbackTransaction();
    await other.release();
    expect(refsIn((await taking).content)).toContain(leaver);
    await asking;
    expect((await exporting.removals()).refs).toEqual([leaver]);
  });

  it('breaks off when the lists go stale: it does not look whole, and whoever it held is on record', async () => {
    const { id, response } = await held();
    await exporting.goStale();
    const taken = await rest(response);
    expect([taken.status, taken.isWhole]).toEqual([200, false]);
    expect(await exporting.until(id, 'failed')).toMatchObject({ reason: 'list-stale' });
    const told = refsIn(taken.content.subarray(0, taken.content.lastIndexOf('\r\n') + 2));
    await exporting.leave(...refs);
    const { refs: mustGo } = await exporting.removals('tester', '?limit=10000');
    expect(told.length).toBeGreaterThan(0);
    expect(mustGo).toEqual(expect.arrayContaining(told));
    expect(mustGo.length).toBeLessThan(PEOPLE);
  });

  it('is refused before the first byte when the lists are stale', async () => {
    const id = await exporting.request();
    await exporting.goStale();
    expect(await exporting.marketing.call('GET', `/v1/exports/${id}/content`)).toMatchObject({ status: 503, body: { type: '/problems/list-stale', reason: 'too-old' } });
    expect(await exporting.marketing.call('POST', '/v1/exports', { recipient: 'tester', purpose: 'marketing', channel: 'email' })).toMatchObject({ status: 503 });
    expect(await exporting.look(id)).toMatchObject({ state: 'waiting', handovers: 0 });
  });

  it('ends when the client goes away: nothing is read any more, and whoever was handed out is on record', async () => {
    const { id, response } = await held();
    response.destroy();
    expect(await exporting.until(id, 'cancelled')).toMatchObject({ reason: 'client-closed' });
    const [handover] = await waitFor('the end of the handover', async () => {
      const rows = await exporting.marketing.database.query<{ outcome: string | null }[]>('SELECT outcome FROM export_handover WHERE export_id = $1', [id]);
      return rows[0]?.outcome != null && rows;
    });
    expect(handover).toEqual({ outcome: 'broken' });
    await exporting.leave(...refs.slice(0, 2), ...refs.slice(-2));
    expect((await exporting.removals()).refs).toEqual(refs.slice(0, 2));
    expect(await openReadings(exporting)).toBe(0);
  });

  it('breaks off when it is cancelled, and cannot be taken again', async () => {
    const { id, response } = await held();
    expect(await exporting.marketing.call('POST', `/v1/exports/${id}/cancel`)).toMatchObject({ status: 200, body: { state: 'cancelled', reason: 'by-caller' } });
    expect((await rest(response)).isWhole).toBe(false);
    expect(await exporting.look(id)).toMatchObject({ state: 'cancelled', reason: 'by-caller' });
    expect(await exporting.marketing.call('GET', `/v1/exports/${id}/content`)).toMatchObject({ status: 410, body: { state: 'cancelled', reason: 'by-caller' } });
    expect(await exporting.marketing.call('POST', `/v1/exports/${id}/cancel`)).toMatchObject({ status: 409, body: { type: '/problems/export-over', state: 'cancelled' } });
  });

  it('is nobody else’s meanwhile, not even another instance’s', async () => {
    await exporting.start();
    const { id, response } = await held();
    expect(await exporting.marketing.call('GET', `/v1/exports/${id}/content`, undefined, undefined, 1)).toMatchObject({
      status: 409, body: { type: '/problems/export-not-ready', state: 'running', progress: { percent: expect.any(Number) } },
    });
    expect((await rest(response)).isWhole).toBe(true);
    expect(await exporting.look(id)).toMatchObject({ state: 'delivered', handovers: 1 });
  });

  it('is cancelled by another instance, too', async () => {
    await exporting.start();
    const { id, response } = await held();
    expect(await exporting.marketing.call('POST', `/v1/exports/${id}/cancel`, undefined, undefined, 1)).toMatchObject({ status: 200 });
    expect((await rest(response)).isWhole).toBe(false);
  });

  it('has failed when its process died: others see that its lease has run out', async () => {
    const { id, response } = await held();
    await exporting.marketing.database.query(`UPDATE export SET worker_until = now() - interval '1 s', worker = gen_random_uuid() WHERE id = $1`, [id]);
    expect(await exporting.until(id, 'failed')).toMatchObject({ reason: 'interrupted' });
    expect((await rest(response)).isWhole).toBe(false);
    await exporting.leave(refs[0]!);
    expect((await exporting.removals()).refs).toEqual([refs[0]]);
  });

  it('is broken off when the service stops and nobody takes it, and is over before the database is closed', async () => {
    const { id, response } = await held();
    await exporting.marketing.stop();
    const [row] = await exporting.marketing.database.query<Record<string, unknown>[]>('SELECT state FROM export WHERE id = $1', [id]);
    expect(row).toEqual({ state: expect.stringMatching(/^(failed|cancelled)$/) });
    expect((await rest(response)).isWhole).toBe(false);
  });
});

async function openReadings(exporting: Exporting): Promise<number> {
  const [row] = await exporting.marketing.database.query<{ open: number }[]>(
    `SELECT count(*) AS open FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND (state <> 'idle' AND query LIKE 'COPY%' OR state LIKE 'idle in%')`);
  return row?.open ?? 0;
}
