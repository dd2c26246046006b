import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Pages of lists in the log of reads: one row a page, with the slots of the people on it in their order. Whoever is erased is taken out
 * of them, and a page that is read meanwhile must not put her back: see `lists_read_without_erased`.
 */
export class ListReads1700000000010 implements MigrationInterface {
  readonly name = 'ListReads1700000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE person_read
        -- program or staff; null in rows from before.
        ADD COLUMN actor_kind text,
        -- What a page of a list has; null where one person was looked at.
        ADD COLUMN channel    text,
        ADD COLUMN fields     text[],
        -- The version of the contacts that was read.
        ADD COLUMN version    bigint,
        ADD COLUMN slots      integer[],
        ADD CONSTRAINT person_read_of_a_list CHECK (num_nonnulls(channel, fields, version, slots) IN (0, 4) AND num_nonnulls(ref, slots) < 2);
      -- Slots of a page are in order, so it may hold a person only between its first and its last. An index on each of them would cost a hundred entries a page.
      CREATE INDEX person_read_slots ON person_read USING gist (int4range(slots[1], slots[cardinality(slots)], '[]')) WHERE cardinality(slots) > 0;

      -- The page was read by the snapshot of its statement, and an erasure may have come to its end since. Each statement in here sees what is committed
      -- now, and an erasure holds the lock from before it looks through the reads until it is committed: either it sees this row, or it is seen here.
      -- Whoever is erased was deleted from the contacts, and that has raised the version.
      -- Nobody waits for the disk: a crash of the server itself may take the entries of its last moments, less than a second, with it.
      CREATE FUNCTION lists_read_without_erased() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_advisory_xact_lock_shared(4417007002), set_config('synchronous_commit', 'off', true);
        IF NEW.version IS DISTINCT FROM (SELECT version FROM audience_version) THEN
          NEW.slots := ARRAY (
            SELECT r.slot FROM unnest(NEW.slots) WITH ORDINALITY AS r (slot, nth)
             WHERE NOT EXISTS (SELECT 1 FROM ref_state AS s WHERE s.slot = r.slot AND s.erased) ORDER BY r.nth);
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER list_read BEFORE INSERT ON person_read FOR EACH ROW WHEN (NEW.slots IS NOT NULL) EXECUTE FUNCTION lists_read_without_erased();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER list_read ON person_read;
      DROP FUNCTION lists_read_without_erased();
      DELETE FROM person_read WHERE slots IS NOT NULL;
      ALTER TABLE person_read DROP COLUMN actor_kind, DROP COLUMN channel, DROP COLUMN fields, DROP COLUMN version, DROP COLUMN slots;
    `);
  }
}
