import { jest } from '@jest/globals';
import { decodeJwt } from 'jose';
import { ErasureStatementSchema } from '#contracts/applied.v1.js';
import { Retention } from '#marketing/retention/retention.service.js';
import { Exporting } from './exporting.js';
import { changed } from './fake-register.js';

jest.setTimeout(120_000);

describe('retention in marketing', () => {
  let exporting: Exporting;
  let refs: string[];

  beforeEach(async () => {
    exporting = await Exporting.prepare('retention', { blockSlots: 64 });
    refs = await exporting.populate(100);
  });
  afterEach(() => exporting.close());

  const query = <T>(text: string, values: unknown[] = []): Promise<T> => exporting.marketing.database.query<T>(text, values);
  const retention = (): Retention => exporting.marketing['apps'][0]!.get(Retention);
  const given = async (wish: object = {}): Promise<string> => {
    const id = await exporting.request(wish);
    expect((await exporting.take(id)).isWhole).toBe(true);
    return id;
  };
  const age = async (months: number, ...ids: string[]): Promise<void> => {
    await query('UPDATE export SET requested_at = requested_at - make_interval(months => $1) WHERE id = ANY ($2::uuid[])', [months, ids]);
    await query('UPDATE export_handover SET taken_at = taken_at - make_interval(months => $1) WHERE export_id = ANY ($2::uuid[])', [months, ids]);
  };
  const members = async (id: string): Promise<string[]> => (await query<{ ref: string }[]>(
    `SELECT s.ref FROM ref_state AS s JOIN export_block AS b ON b.block = s.slot >> 16 AND b.export_id = $1 AND get_bit(b.members, s.slot & 65535) = 1 ORDER BY s.slot`, [id],
  )).map(({ ref }) => ref);

  it('forgets who was in an export that a later one repeats, two years after it was last taken, and keeps the record of it', async () => {
    const [old, young] = [await given(), await given()];
    await age(23, old);
    expect(await retention().run()).toMatchObject({ exports: 0, memberships: 0 });
    await age(2, old);
    expect(await retention().preview()).toEqual({ exports: 1, memberships: 100, reads: 0 });
    expect(await members(old)).toHaveLength(100);
    expect(await retention().run()).toEqual({ exports: 1, memberships: 100, reads: 0 });
    expect([await members(old), (await members(young)).length]).toEqual([[], 100]);
    expect(await exporting.look(old)).toMatchObject({ state: 'delivered', progress: { rows: 100 }, recipient: 'tester', handovers: 1 });
    expect(await retention().run()).toMatchObject({ exports: 0, memberships: 0 });
    await exporting.leave(refs[3]!);
    expect((await exporting.removals()).all).toEqual([expect.objectContaining({ ref: refs[3], exports: [young] })]);
  });

  it('forgets nobody of whom the recipient could not be told otherwise: it may have her by that export alone', async () => {
    const old = await given();
    await given({ filter: { source: { is: 'nowhere' } } });
    await given({ channel: 'post' });
    await given({ preset: 'mailchimp' });
    await given({ recipient: 'mailchimp' });
    await age(60, old);
    expect(await retention().run()).toMatchObject({ memberships: 0 });
    await exporting.leave(refs[3]!);
    expect((await exporting.removals()).all).toEqual(expect.arrayContaining([expect.objectContaining({ ref: refs[3], exports: expect.arrayContaining([old]) })]));
  });

  it('keeps who left until the recipient has said that she is gone, and forgets that then', async () => {
    const old = await given();
    await age(60, old);
    await exporting.leave(refs[3]!, refs[4]!);
    const { upTo } = await exporting.removals('tester', '?limit=1');
    expect(await retention().run()).toMatchObject({ memberships: 0 });
    await exporting.acknowledge(upTo);
    expect(await retention().run()).toMatchObject({ exports: 1, memberships: 1 });
    expect(await members(old)).toEqual(refs.filter((_, at) => at !== 3));
    expect((await exporting.removals()).refs).toEqual([refs[4]]);
    expect(await query('SELECT 1 FROM export_removal')).toHaveLength(1);
    // She is no member any more, so her return and her next departure concern nobody.
    await exporting.comeBack(refs[3]!);
    await exporting.leave(refs[3]!);
    expect((await exporting.removals()).refs).toEqual([refs[4]]);
  });

  it('keeps that a recipient was given somebody: the statement of her erasure still names it', async () => {
    const old = await given();
    await age(60, old);
    await exporting.leave(refs[3]!);
    await exporting.acknowledge((await exporting.removals()).upTo);
    expect(await retention().run()).toMatchObject({ memberships: 1 });
    await exporting.marketing.register.tell(changed(refs[3]!, [1, 2], [], true));
    await exporting.marketing.register.tell(changed(refs[5]!, [1, 2], [], true));
    for (const ref of [refs[3]!, refs[5]!]) {
      const { statement } = await exporting.marketing.register.answer(ref);
      expect(ErasureStatementSchema.parse(decodeJwt(statement!)).recipients.map(({ id }) => id)).toEqual(['tester']);
    }
  });

  it('forgets after three years who looked at a person, in parts, and nothing younger', async () => {
    await query(
      `INSERT INTO person_read (actor, purpose, route, ref, read_at)
       SELECT 'tiina', 'rights-and-obligations', 'GET /x', $1::uuid, now() - make_interval(months => CASE WHEN n <= 6000 THEN 37 ELSE 35 END) FROM generate_series(1, 6100) AS n`, [refs[0]]);
    expect(await retention().preview()).toMatchObject({ reads: 6_000 });
    expect(await query('SELECT count(*) AS n FROM person_read')).toEqual([{ n: 6_100 }]);
    expect(await retention().run()).toMatchObject({ reads: 6_000 });
    expect(await query('SELECT count(*) AS n FROM person_read')).toEqual([{ n: 100 }]);
  });
});
