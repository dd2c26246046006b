import type { MigrationInterface, QueryRunner } from 'typeorm';

const CHANNELS = ['email', 'sms', 'phone', 'post'] as const;
const CONSENT = ['since', 'source', 'wording_id', 'wording_version'] as const;

const OF_ONE = CHANNELS.map((channel) => `('${channel}', ${CONSENT.map((column) => `n.${channel}_${column}`).join(', ')})`).join(', ');
const OF_BOTH = CHANNELS
  .map((channel) => `('${channel}', ${['o', 'n'].flatMap((row) => CONSENT.map((column) => `${row}.${channel}_${column}`)).join(', ')})`)
  .join(', ');

/** Adds to the day's counts what `found` says: (channel, source, wording_id, wording_version, gained, withdrawn). */
const count = (found: string): string => `
  INSERT INTO growth AS g (day, channel, source, wording_id, wording_version, gained, withdrawn)
  ${found}
  ON CONFLICT (day, channel, source, wording_id, wording_version)
  DO UPDATE SET gained = g.gained + EXCLUDED.gained, withdrawn = g.withdrawn + EXCLUDED.withdrawn;`;

const countOne = (rows: string, counted: string): string => count(`
  SELECT (now() AT TIME ZONE 'UTC')::date, channel, source, wording_id, wording_version, ${counted}
    FROM ${rows} AS n CROSS JOIN LATERAL (VALUES ${OF_ONE}) AS x (channel, since, source, wording_id, wording_version)
   WHERE since IS NOT NULL GROUP BY channel, source, wording_id, wording_version`);

const COUNT_UPDATED = count(`
  SELECT (now() AT TIME ZONE 'UTC')::date, channel, coalesce(source, was_source), coalesce(wording_id, was_wording_id),
         coalesce(wording_version, was_wording_version), count(*) FILTER (WHERE was_since IS NULL), count(*) FILTER (WHERE since IS NULL)
    FROM old_rows AS o JOIN new_rows AS n USING (slot)
   CROSS JOIN LATERAL (VALUES ${OF_BOTH})
      AS x (channel, was_since, was_source, was_wording_id, was_wording_version, since, source, wording_id, wording_version)
   WHERE (was_since IS NULL) <> (since IS NULL) GROUP BY 2, 3, 4, 5`);

/**
 * What keeps everything derived from `contact` exact. Triggers do it, so that no statement, not even an operator's by hand,
 * can change a contact unnoticed. They fire once per statement: 500 contacts cost one version and one row of the log.
 */
export class AudienceIndex1700000000002 implements MigrationInterface {
  readonly name = 'AudienceIndex1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A person's number, given when she is first held and hers for ever: lists are in the order of slots, so that
      -- somebody who leaves and comes back between two pages stays at her place. A set of people is a bitmap over slots.
      CREATE SEQUENCE contact_slot AS integer;
      ALTER TABLE contact ADD COLUMN slot integer NOT NULL DEFAULT nextval('contact_slot') CONSTRAINT contact_slot_unique UNIQUE;
      ALTER TABLE ref_state ADD COLUMN slot integer;
      UPDATE ref_state AS s SET slot = c.slot FROM contact AS c WHERE c.ref = s.ref;
      CREATE UNIQUE INDEX ref_state_slot ON ref_state (slot) WHERE slot IS NOT NULL;

      -- Counts every change of contact. The row is locked by the change until it commits, so versions are committed in
      -- their order and without a gap: whoever has read version n has seen every change up to n.
      CREATE TABLE audience_version (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        version  bigint NOT NULL DEFAULT 0
      );
      INSERT INTO audience_version DEFAULT VALUES;

      -- Which slots a version changed; null: all of them. Kept for a while only.
      CREATE TABLE contact_change (
        version    bigint PRIMARY KEY,
        slots      integer[],
        changed_at timestamptz NOT NULL DEFAULT now()
      );

      -- Contacts gained and withdrawn per day (UTC, of the change here). Counts only: nobody can be found in it.
      CREATE TABLE growth (
        day             date NOT NULL,
        channel         text NOT NULL,
        source          text NOT NULL,
        wording_id      text NOT NULL,
        wording_version integer NOT NULL,
        gained          integer NOT NULL DEFAULT 0,
        withdrawn       integer NOT NULL DEFAULT 0,
        PRIMARY KEY (day, channel, source, wording_id, wording_version)
      );

      CREATE FUNCTION note_contact_change() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        changed integer[];
      BEGIN
        IF TG_OP = 'DELETE' THEN
          SELECT array_agg(slot) INTO changed FROM old_rows;
        ELSIF TG_OP <> 'TRUNCATE' THEN
          SELECT array_agg(slot) INTO changed FROM new_rows;
        END IF;
        IF changed IS NULL AND TG_OP <> 'TRUNCATE' THEN
          RETURN NULL;
        END IF;
        WITH next AS (UPDATE audience_version SET version = version + 1 RETURNING version)
        INSERT INTO contact_change (version, slots) SELECT version, changed FROM next;
        CASE TG_OP
          WHEN 'INSERT' THEN ${countOne('new_rows', 'count(*), 0')}
          WHEN 'DELETE' THEN ${countOne('old_rows', '0, count(*)')}
          WHEN 'UPDATE' THEN ${COUNT_UPDATED}
          ELSE NULL;
        END CASE;
        RETURN NULL;
      END $$;

      CREATE TRIGGER contact_inserted AFTER INSERT ON contact REFERENCING NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION note_contact_change();
      CREATE TRIGGER contact_updated AFTER UPDATE ON contact REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION note_contact_change();
      CREATE TRIGGER contact_deleted AFTER DELETE ON contact REFERENCING OLD TABLE AS old_rows
        FOR EACH STATEMENT EXECUTE FUNCTION note_contact_change();
      CREATE TRIGGER contact_truncated AFTER TRUNCATE ON contact FOR EACH STATEMENT EXECUTE FUNCTION note_contact_change();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER contact_truncated ON contact;
      DROP TRIGGER contact_deleted ON contact;
      DROP TRIGGER contact_updated ON contact;
      DROP TRIGGER contact_inserted ON contact;
      DROP FUNCTION note_contact_change();
      DROP TABLE growth;
      DROP TABLE contact_change;
      DROP TABLE audience_version;
      ALTER TABLE ref_state DROP COLUMN slot;
      ALTER TABLE contact DROP COLUMN slot;
      DROP SEQUENCE contact_slot;
    `);
  }
}
