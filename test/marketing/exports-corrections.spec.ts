import { jest } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { RecipientLooks } from '#marketing/exports/recipient-looks.service.js';
import { waitFor } from '#test/support/wait-for.js';
import { Exporting, rest, type Taken } from './exporting.js';

jest.setTimeout(120_000);

const peopleIn = ({ content }: Taken): Map<string, string> =>
  new Map(parse<{ ref: string; email: string }>(content, { columns: true }).map(({ ref, email }) => [ref, email]));

describe('a correction after an export', () => {
  let exporting: Exporting;
  let refs: string[];

  beforeEach(async () => {
    exporting = await Exporting.prepare('exports-corrections', { blockSlots: 64 });
    refs = await exporting.populate(200);
  });
  afterEach(() => exporting.close());

  const query = <T>(text: string, values: unknown[] = []): Promise<T> => exporting.marketing.database.query<T>(text, values);
  /** As a corrected address is applied. */
  const correct = (ref: string, email: string): Promise<unknown> => query(`UPDATE contact SET email = $2::text, email_digest = sha256(convert_to($2::text, 'UTF8')) WHERE ref = $1`, [ref, email]);
  const corrections = async (recipient = 'tester', more = ''): Promise<Record<string, unknown>> => {
    const { status, body } = await exporting.marketing.call('GET', `/v1/recipients/${recipient}/corrections${more}`);
    expect(status).toBe(200);
    return body;
  };
  const told = async (): Promise<unknown[]> => ((await corrections())['corrections'] as Record<string, unknown>[]).map(({ ref, channel, fields }) => [ref, channel, fields]);
  const acknowledge = (upTo: unknown) => exporting.marketing.call('POST', '/v1/recipients/tester/corrections/acknowledgements', { upTo });
  const looks = (): RecipientLooks => exporting.marketing['apps'][0]!.get(RecipientLooks);
  const given = async (wish: object = {}): Promise<string> => {
    const id = await exporting.request(wish);
    expect((await exporting.take(id)).isWhole).toBe(true);
    return id;
  };

  describe('is told to the recipient', () => {
    it('of those it was given, with the names of the fields it was given, and no value', async () => {
      await correct(refs[1]!, 'before@example.fi');
      await given({ preset: 'mailchimp' });
      await correct(refs[3]!, 'corrected@example.fi');
      await query(`UPDATE contact SET first_name = 'Maija', occupation = 'baker' WHERE ref = $1`, [refs[4]]);
      await query(`UPDATE contact SET occupation = 'baker', city = 'Vaasa' WHERE ref = $1`, [refs[5]]);
      const body = await corrections();
      expect(body).toMatchObject({ more: false, corrections: [
        { ref: refs[3], channel: 'email', fields: ['email'], noticedAt: expect.any(String) }, { ref: refs[4], channel: 'email', fields: ['name'] },
      ] });
      expect(JSON.stringify(body)).not.toMatch(/corrected@|Maija/);
      expect((await corrections('mailchimp'))['corrections']).toEqual([]);
      expect(await exporting.marketing.call('GET', '/v1/recipients/nobody/corrections')).toMatchObject({ status: 404, body: { type: '/problems/recipient-not-found' } });
      expect((await exporting.removals()).refs).toEqual([]);
    });

    it('once whatever the number of exports, by each channel, with everything that any of them gave', async () => {
      await given({ preset: 'mailchimp' });
      await given();
      await given({ channel: 'post' });
      await query(`UPDATE contact SET city = 'Vaasa', occupation = 'baker', email = 'new@example.fi' WHERE ref = $1`, [refs[7]]);
      expect(new Set(await told())).toEqual(new Set([[refs[7], 'email', ['email', 'occupation']], [refs[7], 'post', ['address', 'occupation']]]));
    });

    it('in pages, until it is acknowledged, and again when it changes again', async () => {
      await given();
      for (const ref of refs.slice(0, 3)) await correct(ref, `${ref}@example.fi`);
      const first = await corrections('tester', '?limit=2');
      expect([(first['corrections'] as unknown[]).length, first['more']]).toEqual([2, true]);
      expect((await corrections('tester', `?limit=2&since=${String(first['upTo'])}`))).toMatchObject({ corrections: [{ ref: refs[2] }], more: false });
      expect(await acknowledge(first['upTo'])).toMatchObject({ status: 200, body: { acknowledged: 2 } });
      expect(await told()).toEqual([[refs[2], 'email', ['email']]]);
      await query(`UPDATE contact SET language = 'sv' WHERE ref = ANY ($1::uuid[])`, [[refs[1], refs[2]]]);
      expect(await told()).toEqual([[refs[1], 'email', ['language']], [refs[2], 'email', ['email', 'language']]]);
      // What was told before she changed again is acknowledged only now.
      expect(await acknowledge(first['upTo'])).toMatchObject({ body: { acknowledged: 0 } });
    });

    it('as a file, too, and also when the lists are stale', async () => {
      await given();
      await correct(refs[3]!, 'corrected@example.fi');
      await query(`UPDATE contact SET first_name = 'Maija' WHERE ref = $1`, [refs[3]]);
      await exporting.goStale();
      const authorization = await exporting.marketing['tokens'].bearer({ scopes: ['removals:read'] });
      const { headers, body } = await exporting.marketing['apps'][0]!.inject({ method: 'GET', url: '/v1/recipients/tester/corrections', headers: { authorization, accept: 'text/csv' } });
      expect([headers['content-disposition'], headers['lupa-more'], Number(headers['lupa-up-to'])]).toEqual(['attachment; filename="corrections.csv"', 'false', expect.any(Number)]);
      expect(body).toMatch(new RegExp(`^ref,channel,fields,noticed_at\\r\\n${refs[3]!},email,email;name,[-0-9T:.]+Z\\r\\n$`));
    });

    it('not of who has left: the recipient must remove her, and has nothing to correct', async () => {
      await given();
      await correct(refs[3]!, 'corrected@example.fi');
      expect(await told()).toHaveLength(1);
      await correct(refs[4]!, 'corrected@example.fi');
      await exporting.leave(refs[3]!, refs[4]!);
      expect(await told()).toEqual([]);
      expect((await exporting.removals()).refs).toEqual([refs[3], refs[4]]);
      await exporting.acknowledge((await exporting.removals()).upTo);
      // It has her no more, and is not given her new address.
      await exporting.comeBack(refs[3]!);
      await correct(refs[3]!, 'another@example.fi');
      expect(await told()).toEqual([]);
    });

    it.each([['noticed', true], ['not noticed', false]])('of who has left, which was %s, and is back: what the recipient has is of before', async (_what, isNoticed) => {
      await given({ preset: 'mailchimp' });
      await exporting.leave(refs[3]!);
      if (isNoticed) expect((await exporting.removals()).refs).toEqual([refs[3]]);
      await exporting.comeBack(refs[3]!);
      expect(await told()).toEqual([[refs[3], 'email', ['email', 'language', 'name']]]);
      expect((await exporting.removals()).refs).toEqual([]);
    });

    it('though nobody asks, so that no log has to reach back to the last question; what was looked at is forgotten', async () => {
      await given();
      await correct(refs[3]!, 'corrected@example.fi');
      await exporting.leave(refs[4]!);
      await looks().lookAtAll();
      await query('DELETE FROM contact_change');
      expect(await query('SELECT 1 FROM correction')).toEqual([]);
      expect([await told(), (await exporting.removals()).refs]).toEqual([[[refs[3], 'email', ['email']]], [refs[4]]]);
    });

    it('of whoever is corrected while exports run and corrections are asked for, in whatever order', async () => {
      await exporting.start();
      let isOver = false;
      const asking = (async () => { while (!isOver) await corrections('tester', '?limit=10000'); })();
      const wrong = new Map<string, string>();
      const taking = (async () => {
        for (let time = 0; time < 6; time += 1) {
          const id = time % 2 === 0 ? await exporting.request() : await exporting.file();
          for (const [ref, email] of peopleIn(await rest(await exporting.hold(id, time % 2)))) wrong.set(`${ref} ${email}`, ref);
        }
      })();
      const changing = refs.slice(0, 100);
      for (const ref of changing) await correct(ref, `${ref}@example.fi`);
      await taking;
      isOver = true;
      await asking;
      for (const ref of changing) wrong.delete(`${ref} ${ref}@example.fi`);
      const people = new Set((await told()).map((each) => (each as string[])[0]));
      for (const ref of wrong.values()) expect(people.has(ref)).toBe(changing.includes(ref));
    });
  });

  describe('is in a file that waited', () => {
    it('when it is taken: her row is renewed, or left out when she is not meant any more; nobody else is touched', async () => {
      await query(`UPDATE contact SET language = 'fi'`);
      const id = await exporting.file({ filter: { language: { is: 'fi' } } });
      const before = await exporting.look(id);
      await correct(refs[0]!, 'a-rather-longer-address-than-before@example.fi');
      await correct(refs[100]!, 'x@example.fi');
      await query(`UPDATE contact SET language = 'sv' WHERE ref = $1`, [refs[150]]);
      await exporting.leave(refs[199]!);
      await exporting.populate(1);
      const taken = await exporting.take(id);
      const people = peopleIn(taken);
      expect([...people.keys()]).toEqual(refs.filter((_, at) => ![150, 199].includes(at)));
      expect([people.get(refs[0]!), people.get(refs[100]!), people.get(refs[1]!)]).toEqual(
        ['a-rather-longer-address-than-before@example.fi', 'x@example.fi', expect.stringMatching(/^person/)]);
      expect(await exporting.look(id)).toMatchObject({ state: 'ready', progress: { rows: 198 }, bytes: taken.content.length });
      expect((await exporting.look(id))['sha256']).not.toBe(before['sha256']);
      // She was handed out as she is now: nothing to correct. Who was left out was never given.
      expect([await told(), (await exporting.removals()).refs]).toEqual([[], []]);
    });

    it('also when nobody knows any more who has changed since it was made', async () => {
      const id = await exporting.file();
      await correct(refs[7]!, 'corrected@example.fi');
      await query('DELETE FROM contact_change');
      expect(peopleIn(await exporting.take(id)).get(refs[7]!)).toBe('corrected@example.fi');
      expect(peopleIn(await exporting.take(id)).size).toBe(200);
    });

    it('of who has left meanwhile and is back with another address', async () => {
      const id = await exporting.file();
      await exporting.leave(refs[7]!);
      await exporting.comeBack(refs[7]!);
      expect(peopleIn(await exporting.take(id)).get(refs[7]!)).toMatch(/^back/);
    });

    it('and was taken before: the recipient is told of it once, and not again for the file that is right', async () => {
      const id = await exporting.file();
      await exporting.take(id);
      await correct(refs[7]!, 'corrected@example.fi');
      expect(peopleIn(await exporting.take(id)).get(refs[7]!)).toBe('corrected@example.fi');
      expect(await told()).toEqual([[refs[7], 'email', ['email']]]);
      await acknowledge((await corrections())['upTo']);
      await exporting.take(id);
      expect(await told()).toEqual([]);
    });

    it('and is told when it comes while the file is about to be taken', async () => {
      await given();
      expect(await told()).toEqual([]);
      const id = await exporting.file();
      const reader = exporting.marketing.database.createQueryRunner();
      await reader.query('SELECT pg_advisory_lock(4417007001)');
      const taking = exporting.take(id);
      await waitFor('the taking to wait', async () => (await query<unknown[]>(
        `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)).length > 0);
      await correct(refs[9]!, 'corrected@example.fi');
      await reader.query('SELECT pg_advisory_unlock(4417007001)');
      await reader.release();
      expect(peopleIn(await taking).get(refs[9]!)).toMatch(/^person/);
      expect(await told()).toEqual([[refs[9], 'email', ['email']]]);
    });

    it('and is told when it was looked at after the file was checked, and before it was handed out', async () => {
      await given({ channel: 'post' });
      const id = await exporting.file();
      await correct(refs[7]!, 'corrected@example.fi');
      expect(await told()).toEqual([]);
      // What taking the file does, had it been checked before.
      await query('UPDATE export_block SET members = stored WHERE export_id = $1', [id]);
      await query('UPDATE export SET look_due = true, given_version = stored_version WHERE id = $1', [id]);
      expect(await told()).toEqual([[refs[7], 'email', ['email']]]);
    });

    it('and is remembered as long as the file waits', async () => {
      await given();
      const id = await exporting.file();
      await correct(refs[7]!, 'corrected@example.fi');
      await looks().lookAtAll();
      expect(await query('SELECT field FROM correction')).toEqual([{ field: 'email' }]);
      await exporting.marketing.call('POST', `/v1/exports/${id}/cancel`);
      await looks().lookAtAll();
      expect(await query('SELECT field FROM correction')).toEqual([]);
    });
  });
});
