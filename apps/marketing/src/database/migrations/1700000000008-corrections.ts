import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which data counts as which field, as recipients are told; names only, never a value. */
const FIELDS = {
  email: ['email'], phone: ['phone'], address: ['street_address', 'postal_code', 'city', 'country'], name: ['first_name', 'last_name'], language: ['language'],
  birthYear: ['birth_year'], occupation: ['occupation'], interests: ['interests'],
} as const;

const row = (of: string, columns: readonly string[]): string => `ROW (${columns.map((column) => `${of}.${column}`).join(', ')})`;
const COMPARED = Object.entries(FIELDS).map(([field, columns]) => `('${field}', ${row('o', columns)} IS DISTINCT FROM ${row('n', columns)})`).join(', ');

/**
 * Corrections (GDPR Art. 16, 19): which data of whom has changed is put down by a trigger, because only the change itself knows what was there
 * before; from that the recipients of exports are told, and the rows of a waiting file are known to be outdated by the version they
 * were read at. Looks for departures note how far they have come once for each recipient, and not in each of its exports.
 */
export class Corrections1700000000008 implements MigrationInterface {
  readonly name = 'Corrections1700000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE export
        -- Nobody in the stored file was read at an earlier version of the contacts; null: not known.
        ADD COLUMN stored_version bigint,
        -- The same of what was handed out first.
        ADD COLUMN given_version  bigint,
        -- Somebody may have been handed out whose departure or correction was looked at before: everybody in it must be looked at.
        ADD COLUMN look_due       boolean NOT NULL DEFAULT false;
      UPDATE export AS x SET look_due = true, given_version = (SELECT version FROM audience_version)
       WHERE EXISTS (SELECT 1 FROM export_block AS b WHERE b.export_id = x.id AND b.members IS NOT NULL);
      ALTER TABLE export DROP COLUMN noticed_at;
      CREATE INDEX export_look_due ON export (recipient) WHERE look_due;

      -- Up to which version departures and corrections were looked at. Locked meanwhile, so that their numbers are committed in order.
      ALTER TABLE export_recipient_lock RENAME TO recipient_look;
      ALTER TABLE recipient_look RENAME CONSTRAINT export_recipient_lock_pkey TO recipient_look_pkey;
      ALTER TABLE recipient_look ADD COLUMN looked_at bigint;
      CREATE INDEX export_removal_slot ON export_removal (recipient, slot) WHERE acknowledged_at IS NULL;

      -- Whose data of which field a version changed. Kept until every recipient was looked at, and as long as a waiting file is older.
      CREATE TABLE correction (
        version bigint NOT NULL,
        -- everything: the contact was deleted. Should the person return before anybody looks, what recipients have is outdated.
        field   text NOT NULL CHECK (field IN (${Object.keys(FIELDS).map((field) => `'${field}'`).join(', ')}, 'everything')),
        slots   integer[] NOT NULL,
        PRIMARY KEY (version, field)
      ) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

      CREATE SEQUENCE export_correction_number;
      CREATE TABLE export_correction (
        recipient       text NOT NULL,
        channel         text NOT NULL,
        slot            integer NOT NULL,
        fields          text[] NOT NULL CHECK (cardinality(fields) > 0),
        -- Of the newest of her corrections.
        version         bigint NOT NULL,
        number          bigint NOT NULL,
        noticed_at      timestamptz NOT NULL DEFAULT now(),
        acknowledged_at timestamptz,
        acknowledged_by text,
        PRIMARY KEY (recipient, channel, slot)
      );
      CREATE INDEX export_correction_open ON export_correction (recipient, number) WHERE acknowledged_at IS NULL;

      -- Runs after note_contact_change, by its name: the version is that of the change.
      CREATE FUNCTION note_corrections() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        CASE TG_OP
          WHEN 'UPDATE' THEN
            INSERT INTO correction (version, field, slots)
            SELECT (SELECT version FROM audience_version), x.field, array_agg(n.slot)
              FROM old_rows AS o JOIN new_rows AS n USING (slot) CROSS JOIN LATERAL (VALUES ${COMPARED}) AS x (field, is_other)
             WHERE x.is_other GROUP BY x.field;
          WHEN 'DELETE' THEN
            INSERT INTO correction (version, field, slots)
            SELECT (SELECT version FROM audience_version), 'everything', array_agg(slot) FROM old_rows HAVING count(*) > 0;
          ELSE
            INSERT INTO correction (version, field, slots)
            SELECT (SELECT version FROM audience_version), 'everything', array_agg(slot) FROM ref_state WHERE slot IS NOT NULL HAVING count(*) > 0;
        END CASE;
        RETURN NULL;
      END $$;
      CREATE TRIGGER contact_updated_then_corrected AFTER UPDATE ON contact REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION note_corrections();
      CREATE TRIGGER contact_deleted_then_corrected AFTER DELETE ON contact REFERENCING OLD TABLE AS old_rows
        FOR EACH STATEMENT EXECUTE FUNCTION note_corrections();
      CREATE TRIGGER contact_truncated_then_corrected AFTER TRUNCATE ON contact FOR EACH STATEMENT EXECUTE FUNCTION note_corrections();

      -- Whom a recipient was given by exports whose members are no longer kept: that it was, and nothing else.
      CREATE TABLE export_past (
        recipient text NOT NULL,
        block     integer NOT NULL,
        members   bytea NOT NULL CHECK (octet_length(members) = 8192),
        PRIMARY KEY (recipient, block)
      );
      ALTER TABLE export_past ALTER COLUMN members SET STORAGE EXTERNAL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE export_past;
      DROP TRIGGER contact_truncated_then_corrected ON contact;
      DROP TRIGGER contact_deleted_then_corrected ON contact;
      DROP TRIGGER contact_updated_then_corrected ON contact;
      DROP FUNCTION note_corrections();
      DROP TABLE export_correction;
      DROP SEQUENCE export_correction_number;
      DROP TABLE correction;
      DROP INDEX export_removal_slot;
      ALTER TABLE recipient_look DROP COLUMN looked_at;
      ALTER TABLE recipient_look RENAME CONSTRAINT recipient_look_pkey TO export_recipient_lock_pkey;
      ALTER TABLE recipient_look RENAME TO export_recipient_lock;
      DROP INDEX export_look_due;
      ALTER TABLE export DROP COLUMN look_due, DROP COLUMN given_version, DROP COLUMN stored_version, ADD COLUMN noticed_at bigint;
    `);
  }
}
