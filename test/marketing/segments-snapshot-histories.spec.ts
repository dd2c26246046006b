import { jest } from '@jest/globals';
import fc from 'fast-check';
import { clauseOf } from '#marketing/audience/clause.js';
import { resolveFilter } from '#marketing/audience/resolve-filter.js';
import { contactRows, filter as anyFilter, insertContacts } from '#test/support/audience-generators.js';
import { SnapshotStage } from './snapshot-stage.js';

jest.setTimeout(120_000);

const LONG_AGO = '2020-02-03T04:05:06.789Z';

describe('snapshots of random people', () => {
  let stage: SnapshotStage;

  beforeAll(async () => { stage = await SnapshotStage.prepare('snapshot-histories'); });
  beforeEach(() => stage.marketing.open());
  afterAll(() => stage.marketing.close());

  it('hold exactly who meets the filter, wherever their slots lie', async () => {
    await fc.assert(fc.asyncProperty(contactRows({ minLength: 1, maxLength: 40 }), anyFilter, fc.array(fc.nat(260_000), { minLength: 40, maxLength: 40 }), async (rows, filter, places) => {
      await stage.marketing.database.query('DELETE FROM contact');
      const slots = new Map([...new Set(places)].map((place, nth) => [rows[nth]?.ref, 1_000_000 + place] as const));
      await insertContacts(stage.marketing.database, rows);
      await stage.marketing.database.query(
        `WITH moved AS (SELECT ref, slot FROM jsonb_to_recordset($1::jsonb) AS i (ref uuid, slot integer)),
              states AS (UPDATE ref_state AS s SET slot = m.slot FROM moved AS m WHERE s.ref = m.ref)
         UPDATE contact AS c SET slot = m.slot FROM moved AS m WHERE c.ref = m.ref`,
        [JSON.stringify([...slots].flatMap(([ref, slot]) => (ref === undefined ? [] : [{ ref, slot }])))],
      );
      const id = await stage.take({ filter });
      const { text, values } = clauseOf('email', resolveFilter(filter, { channel: 'email', now: new Date() }));
      const expected = await stage.marketing.database.query<{ ref: string }[]>(`SELECT ref FROM contact WHERE ${text} ORDER BY ref`, [...values]);
      expect(await stage.marked(id)).toEqual(expected.map(({ ref }) => ref));
      expect(await stage.listed(id)).toEqual(expected.map(({ ref }) => ref));
      await stage.marketing.database.query('DELETE FROM contact; DELETE FROM ref_state WHERE slot >= 1000000; DELETE FROM snapshot');
    }), { numRuns: 40 });
  });

  it('are right after any sequence of leaving, coming back and clearing', async () => {
    const MOMENTS = ['2020-01-01T00:00:00.000Z', '2023-05-06T07:08:09.500Z', 'now'];
    const step = fc.oneof(
      fc.record({ kind: fc.constant('leave' as const), who: fc.nat(3) }),
      fc.record({ kind: fc.constant('consent' as const), who: fc.nat(3), since: fc.constantFrom(...MOMENTS) }),
      fc.record({ kind: fc.constant('take' as const) }),
      fc.record({ kind: fc.constant('keep' as const) }),
    );
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      const people = await Promise.all([0, 1, 2, 3].map(() => stage.add(LONG_AGO)));
      const held = new Map(people.map((ref) => [ref, LONG_AGO]));
      const snapshots = new Map<string, Set<string>>();
      const end = (ref: string): void => { for (const members of snapshots.values()) members.delete(ref); };
      for (const each of steps) {
        if (each.kind === 'take') snapshots.set(await stage.take(), new Set(held.keys()));
        else if (each.kind === 'keep') await stage.keep();
        else {
          const ref = people[each.who]!;
          if (each.kind === 'leave') {
            await stage.leave(ref);
            end(ref);
            held.delete(ref);
          } else {
            const since = each.since === 'now' ? new Date().toISOString() : each.since;
            if (!held.has(ref)) await stage.comeBack(ref, since);
            else {
              await stage.marketing.database.query('UPDATE contact SET email_since = $2 WHERE ref = $1', [ref, since]);
              if (held.get(ref) !== since) end(ref);
            }
            held.set(ref, since);
          }
        }
      }
      for (const [id, members] of snapshots) expect(await stage.listed(id)).toEqual([...members].sort());
      await stage.marketing.database.query('DELETE FROM contact');
    }), { numRuns: 40 });
  });
});
