import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An erasure stays open until everything was searched again, and many people may be erased in one statement. */
export class Erasures1700000000009 implements MigrationInterface {
  readonly name = 'Erasures1700000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE erasure_case
        -- What the search looks for, sealed; gone when the case is closed.
        ADD COLUMN sealed_values bytea,
        -- Who had received the person: [{recipient, noticeIssuedAt}].
        ADD COLUMN recipients  jsonb NOT NULL DEFAULT '[]',
        ADD COLUMN searched_at timestamptz,
        -- What the last search found or could not look at: stores, places, and counts.
        ADD COLUMN findings    jsonb,
        ADD COLUMN closed_at   timestamptz,
        -- The certificate's file, as it was issued.
        ADD COLUMN certificate text;
      -- What was answered before there was a search is closed as it was.
      UPDATE erasure_case SET closed_at = answered_at WHERE answered_at IS NOT NULL;
      CREATE INDEX erasure_case_to_search ON erasure_case (searched_at NULLS FIRST, answered_at) WHERE answered_at IS NOT NULL AND closed_at IS NULL;

      -- The ids of those who are erased, separated by commas: an id is 36 characters and no part of another.
      CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' AND strpos(current_setting('lupa.erasing', true), to_jsonb(OLD) ->> 'customer_id') > 0 THEN
          RETURN OLD;
        END IF;
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' AND to_jsonb(OLD) ->> 'customer_id' = current_setting('lupa.erasing', true) THEN
          RETURN OLD;
        END IF;
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
      END $$;
      DROP INDEX erasure_case_to_search;
      ALTER TABLE erasure_case
        DROP COLUMN sealed_values, DROP COLUMN recipients, DROP COLUMN searched_at, DROP COLUMN findings, DROP COLUMN closed_at, DROP COLUMN certificate;
    `);
  }
}
