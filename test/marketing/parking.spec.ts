import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { IntakeService } from '#marketing/intake/intake.service.js';
import { listParked, unpark } from '#marketing/intake/parked.sql.js';
import { waitFor } from '#test/support/wait-for.js';
import { changed, person } from './fake-register.js';
import { RunningMarketing } from './running-marketing.js';

jest.setTimeout(60_000);

describe('a message that cannot be applied', () => {
  let marketing: RunningMarketing;

  beforeAll(async () => {
    marketing = await RunningMarketing.prepare('parking');
    marketing.register.come();
    await marketing.start();
  });
  afterAll(() => marketing.close());

  const parked = () => listParked(marketing.database.manager, 100);

  /** The database refuses this reference with an error of the data (SQLSTATE 22023). */
  async function refuse(ref: string, table = 'ref_state'): Promise<void> {
    await marketing.database.query(`
      CREATE OR REPLACE FUNCTION refuse_${table}() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN IF NEW.ref = '${ref}' THEN RAISE EXCEPTION 'refused by the test' USING ERRCODE = '22023'; END IF; RETURN NEW; END $$;
      CREATE OR REPLACE TRIGGER refuse BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse_${table}()`);
  }

  it('is parked alone, with its reason, and the other 199 of its batch are applied', async () => {
    const refs = Array.from({ length: 200 }, () => randomUUID());
    const bad = refs[77]!;
    await refuse(bad);
    await marketing.register.tell(...refs.map((ref) => changed(ref, [1, 1], [])));
    await Promise.all(refs.filter((ref) => ref !== bad).map((ref) => marketing.register.answer(ref)));
    await waitFor('the parked one', async () => (await parked()).length === 1);
    expect(await parked()).toMatchObject([{ reason: 'refused-22023', queue: 'marketing.removals', times: 1 }]);
    expect(marketing.register.answers(bad)).toEqual([]);
    expect(await marketing.metric('lupa_parked_messages')).toBe(1);

    await marketing.register.tell(changed(bad, [1, 1], []));
    await waitFor('the count', async () => (await parked())[0]?.times === 2);
    expect(await parked()).toHaveLength(1);

    await marketing.database.query('DROP TRIGGER refuse ON ref_state');
    const app = await marketing.start();
    const id = (await parked())[0]!.id;
    await app.get(IntakeService).applyTogether([changed(bad, [1, 1], [])], async (manager) => { await unpark(manager, id); });
    await marketing.register.answer(bad);
    expect(await parked()).toEqual([]);
  });

  it('is overtaken by a newer message of the same person', async () => {
    const ref = randomUUID();
    await marketing.register.tell({ schema: 'consent.changed.v1', ref, epoch: 1, version: 'many', channels: [] });
    await waitFor('the parked one', async () => (await parked()).length === 1);
    await marketing.register.tell(changed(ref, [1, 3], []));
    await marketing.register.answer(ref);
    expect(await parked()).toEqual([]);
  });

  it('is parked when it is not what was agreed, or no JSON at all; an erasure deletes what was parked of her', async () => {
    const ref = randomUUID();
    await marketing.register.tell({ channels: [], nonsense: true });
    await marketing.register.tell({ schema: 'consent.changed.v9', ref, channels: [] });
    await waitFor('both', async () => (await parked()).length === 2);
    expect((await parked()).map(({ reason }) => reason)).toEqual(['not-as-agreed', 'not-as-agreed']);
    await marketing.register.tell(changed(ref, [1, 5], [], true));
    await marketing.register.answer(ref);
    expect(await parked()).toHaveLength(1);
    expect(await marketing.remembered(ref)).toMatchObject({ erased: true, rows_deleted: 1 });
  });

  it('does not hold up the others when it is the data of a pull', async () => {
    const [bad, good] = [randomUUID(), randomUUID()];
    await refuse(bad, 'contact');
    for (const ref of [bad, good]) marketing.register.people.set(ref, person(ref, [1, 1], ['email']));
    await marketing.register.tell(changed(bad, [1, 1], ['email']), changed(good, [1, 1], ['email']));
    await marketing.register.answer(good);
    expect(await marketing.held(good)).toBeDefined();
    expect(marketing.register.answers(bad)).toEqual([]);
    expect(await marketing.remembered(bad)).toMatchObject({ awaiting_data: true });
  });
});
