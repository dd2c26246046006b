import { jest } from '@jest/globals';
import { waitFor } from '#test/support/wait-for.js';
import { Exporting, rest, someId } from './exporting.js';

jest.setTimeout(120_000);

describe('whom a recipient must remove', () => {
  let exporting: Exporting;
  let refs: string[];
  let export1: string;

  beforeEach(async () => {
    exporting = await Exporting.prepare('exports-removals', { blockSlots: 64 });
    refs = await exporting.populate(200);
    export1 = await exporting.request();
    expect((await exporting.take(export1)).isWhole).toBe(true);
  });
  afterEach(() => exporting.close());

  it('is nobody while everybody stays', async () => {
    expect(await exporting.removals()).toEqual({ refs: [], all: [], upTo: 0, more: false });
  });

  it('is whoever it was given and who has left, also by another channel than hers, once whatever the number of exports', async () => {
    const export2 = await exporting.request({ filter: { source: { is: 'web-shop' } } });
    await exporting.take(export2);
    const post = await exporting.request({ channel: 'post' });
    await exporting.take(post);
    await exporting.leave(refs[3]!);
    // She stays for post, and has left for email.
    await exporting.marketing.database.query(
      `UPDATE contact SET email = NULL, email_digest = NULL, email_since = NULL, email_wording_id = NULL, email_wording_version = NULL, email_source = NULL WHERE ref = $1`, [refs[5]]);
    const { all } = await exporting.removals();
    const told = all.map(({ ref, channel, erased, exports }) => ({ ref, channel, erased, exports }));
    expect(told).toHaveLength(3);
    expect(told).toEqual(expect.arrayContaining([
      { ref: refs[3], channel: 'email', erased: false, exports: [export1, export2] },
      { ref: refs[3], channel: 'post', erased: false, exports: [post] },
      { ref: refs[5], channel: 'email', erased: false, exports: [export1, export2] },
    ]));
    expect((await exporting.marketing.call('GET', `/v1/exports/${post}/removals`)).body).toMatchObject({ removals: [{ ref: refs[3], channel: 'post', exports: [post] }] });
  });

  it('is nobody for a recipient that was given nobody', async () => {
    await exporting.leave(refs[3]!);
    expect((await exporting.removals('mailchimp')).refs).toEqual([]);
    expect(await exporting.marketing.call('GET', '/v1/recipients/nobody/removals')).toMatchObject({ status: 404, body: { type: '/problems/recipient-not-found' } });
    expect(await exporting.marketing.call('GET', `/v1/exports/${someId()}/removals`)).toMatchObject({ status: 404, body: { type: '/problems/export-not-found' } });
  });

  it('comes in pages, and gets empty by acknowledging', async () => {
    await exporting.leave(...refs.slice(0, 5));
    const first = await exporting.removals('tester', '?limit=3');
    expect([first.refs, first.more]).toEqual([refs.slice(0, 3), true]);
    const second = await exporting.removals('tester', `?limit=3&since=${String(first.upTo)}`);
    expect([second.refs, second.more]).toEqual([refs.slice(3, 5), false]);
    expect(await exporting.acknowledge(first.upTo)).toMatchObject({ status: 200, body: { acknowledged: 3 } });
    expect((await exporting.removals()).refs).toEqual(refs.slice(3, 5));
    expect(await exporting.acknowledge(second.upTo)).toMatchObject({ body: { acknowledged: 2 } });
    expect(await exporting.acknowledge(second.upTo)).toMatchObject({ body: { acknowledged: 0 } });
    expect((await exporting.removals()).refs).toEqual([]);
  });

  it('can be had as a file', async () => {
    await exporting.leave(refs[3]!);
    const { status, headers, text } = await fileOf(exporting);
    expect([status, headers['content-type'], headers['content-disposition'], headers['lupa-more']]).toEqual(
      [200, 'text/csv; charset=utf-8; header=present', 'attachment; filename="removals.csv"', 'false']);
    expect(text).toMatch(new RegExp(`^ref,channel,erased,noticed_at\\r\\n${refs[3]!},email,false,[-0-9T:.]+Z\\r\\n$`));
    expect(Number(headers['lupa-up-to'])).toBe((await exporting.removals()).upTo);
  });

  it('loses nobody who returns: not told any more, told again when she leaves again', async () => {
    const [one] = refs as [string];
    await exporting.leave(one);
    const { upTo } = await exporting.removals();
    await exporting.comeBack(one);
    expect((await exporting.removals()).refs).toEqual([]);
    // What was told before she returned is acknowledged only now.
    expect(await exporting.acknowledge(upTo)).toMatchObject({ body: { acknowledged: 0 } });
    await exporting.leave(one);
    expect((await exporting.removals()).refs).toEqual([one]);
  });

  it('can be asked for by many at once: none of them waits for what another holds', async () => {
    await exporting.leave(refs[3]!);
    const answers = await Promise.all(Array.from({ length: 3 * exporting.marketing.config.poolSize }, () => exporting.removals()));
    expect(new Set(answers.map(({ refs: told }) => told.join()))).toEqual(new Set([refs[3]]));
  });

  it('of one export is acknowledged for that export only: who must go from another has not been told', async () => {
    const export2 = await exporting.request({ channel: 'post' });
    await exporting.take(export2);
    await exporting.marketing.database.query('UPDATE contact SET post_since = NULL, post_wording_id = NULL, post_wording_version = NULL, post_source = NULL, city = NULL WHERE ref = $1', [refs[7]]);
    expect((await exporting.removals()).refs).toEqual([refs[7]]);
    await exporting.leave(refs[3]!);
    const { body } = await exporting.marketing.call('GET', `/v1/exports/${export1}/removals`);
    expect(body).toMatchObject({ removals: [{ ref: refs[3] }], more: false });
    const acknowledged = await exporting.marketing.call('POST', `/v1/exports/${export1}/removals/acknowledgements`, { upTo: body['upTo'] });
    expect(acknowledged).toMatchObject({ status: 200, body: { acknowledged: 1 } });
    const { all } = await exporting.removals();
    expect(all.map(({ ref, channel, exports }) => [ref, channel, exports])).toEqual(expect.arrayContaining([[refs[7], 'post', [export2]], [refs[3], 'post', [export2]]]));
    expect(all).toHaveLength(2);
  });

  it('names who leaves while a file is about to be taken again, though her first removal was acknowledged', async () => {
    const file = await exporting.file();
    await exporting.take(file);
    await exporting.leave(refs[3]!);
    await exporting.acknowledge((await exporting.removals()).upTo);
    await exporting.comeBack(refs[3]!);
    const reader = exporting.marketing.database.createQueryRunner();
    await reader.query('SELECT pg_advisory_lock(4417007001)');
    const taking = exporting.take(file);
    await waitFor('the taking to wait', async () => (await exporting.marketing.database.query<unknown[]>(
      `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)).length > 0);
    await exporting.leave(refs[3]!);
    await reader.query('SELECT pg_advisory_unlock(4417007001)');
    await reader.release();
    expect((await taking).content.toString()).toContain(refs[3]);
    expect((await exporting.removals()).refs).toEqual([refs[3]]);
  });

  it('loses nobody who is exported again before her removal is acknowledged', async () => {
    const [one] = refs as [string];
    await exporting.leave(one);
    const { upTo } = await exporting.removals();
    await exporting.comeBack(one);
    const export2 = await exporting.request();
    await exporting.take(export2);
    await exporting.acknowledge(upTo);
    await exporting.leave(one);
    expect((await exporting.removals()).all).toEqual([expect.objectContaining({ ref: one, exports: expect.arrayContaining([export2]) })]);
  });

  it('is not told again who was acknowledged and was not given to it since', async () => {
    const [one] = refs as [string];
    await exporting.leave(one);
    await exporting.acknowledge((await exporting.removals()).upTo);
    await exporting.comeBack(one);
    await exporting.leave(one);
    expect((await exporting.removals()).refs).toEqual([]);
  });

  it('includes whoever comes back by a file that is taken a second time', async () => {
    const [one] = refs as [string];
    const file = await exporting.file();
    await exporting.take(file);
    await exporting.leave(one);
    await exporting.acknowledge((await exporting.removals()).upTo);
    // The file still holds her, since nobody has taken it meanwhile.
    await exporting.comeBack(one);
    expect((await exporting.take(file)).content.toString('utf8')).toContain(one);
    await exporting.leave(one);
    expect((await exporting.removals()).all).toEqual([expect.objectContaining({ ref: one, exports: [file] })]);
  });

  it('is told by either of two instances, once, whoever asks at the same time', async () => {
    await exporting.start();
    await exporting.leave(...refs.slice(0, 50));
    const answers = await Promise.all(Array.from({ length: 8 }, (_, at) => exporting.marketing.call('GET', '/v1/recipients/tester/removals', undefined, undefined, at % 2)));
    for (const { body } of answers) expect((body['removals'] as { ref: string }[]).map(({ ref }) => ref)).toEqual(refs.slice(0, 50));
  });

  it('misses nobody who leaves while exports run and removals are asked for, in whatever order', async () => {
    await exporting.start();
    let isOver = false;
    const asking = (async () => { while (!isOver) await exporting.removals('tester', '?limit=10000'); })();
    const given = new Map<string, Set<string>>();
    const taking = (async () => {
      for (let time = 0; time < 6; time += 1) {
        const id = await exporting.request();
        const { content } = await rest(await exporting.hold(id, time % 2));
        given.set(id, new Set(refs.filter((ref) => content.includes(ref))));
      }
    })();
    for (const ref of refs.slice(0, 100)) await exporting.leave(ref);
    await taking;
    isOver = true;
    await asking;
    const { all } = await exporting.removals('tester', '?limit=10000');
    const told = new Map(all.map(({ ref, exports }) => [ref, exports as string[]]));
    for (const [id, people] of given) for (const ref of refs.slice(0, 100)) if (people.has(ref)) expect(told.get(ref)).toContain(id);
    for (const ref of refs.slice(100)) expect(told.has(ref)).toBe(false);
  });

  it('misses nobody who left and was looked at after the file that holds her was checked, and before it was handed out', async () => {
    const file = await exporting.file({ channel: 'post' });
    await exporting.leave(refs[3]!);
    const before = await exporting.removals();
    await exporting.acknowledge(before.upTo);
    // What taking the file does, had it been checked before she left.
    await exporting.marketing.database.query('UPDATE export_block SET members = stored WHERE export_id = $1', [file]);
    await exporting.marketing.database.query('UPDATE export SET look_due = true, given_version = stored_version WHERE id = $1', [file]);
    expect((await exporting.removals()).all).toEqual([expect.objectContaining({ ref: refs[3], channel: 'post', exports: [file] })]);
  });

  it('misses nobody whose departure began before a look and is committed after it', async () => {
    expect((await exporting.removals()).refs).toEqual([]);
    const leaving = exporting.marketing.database.createQueryRunner();
    await leaving.startTransaction();
    await leaving.query('DELETE FROM contact WHERE ref = $1', [refs[3]]);
    expect((await exporting.removals()).refs).toEqual([]);
    const later = exporting.leave(refs[4]!);
    await leaving.commitTransaction();
    await leaving.release();
    await later;
    expect((await exporting.removals()).refs).toEqual([refs[3], refs[4]]);
  });

  it('misses nobody when it is not known any more who has changed since the last look', async () => {
    await exporting.leave(refs[3]!);
    const first = await exporting.removals();
    await exporting.leave(refs[4]!);
    await exporting.comeBack(refs[3]!);
    await exporting.marketing.database.query('DELETE FROM contact_change');
    await exporting.leave(refs[5]!);
    expect((await exporting.removals('tester', `?since=${String(first.upTo)}`)).refs).toEqual([refs[4], refs[5]]);
  });

  it('misses nobody when the table was emptied by hand', async () => {
    await exporting.removals();
    await exporting.marketing.database.query('TRUNCATE contact');
    expect((await exporting.removals()).refs).toEqual(refs);
  });

  it('is told when the lists are stale, too', async () => {
    await exporting.leave(refs[3]!);
    await exporting.goStale();
    expect((await exporting.removals()).refs).toEqual([refs[3]]);
  });
});

async function fileOf(exporting: Exporting): Promise<{ status: number; headers: Record<string, unknown>; text: string }> {
  const authorization = await exporting.marketing['tokens'].bearer({ scopes: ['removals:read'] });
  const response = await waitFor('an answer', () => exporting.marketing['apps'][0]?.inject({ method: 'GET', url: '/v1/recipients/tester/removals', headers: { authorization, accept: 'text/csv' } }));
  return { status: response.statusCode, headers: response.headers, text: response.body };
}
