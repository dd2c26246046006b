import type { MigrationInterface, QueryRunner } from 'typeorm';

/** That a guardian has agreed for a child (GDPR Art. 8). Of the guardian nothing is kept but how she was checked. */
export class Guardians1700000000006 implements MigrationInterface {
  readonly name = 'Guardians1700000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Since when a guardian's agreement is in force; null: none. The proof is in guardian_consent.
      ALTER TABLE customer ADD COLUMN guardian_at timestamptz;

      CREATE TABLE guardian_consent (
        id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        customer_id      uuid NOT NULL,
        decision         text NOT NULL CHECK (decision IN ('given', 'withdrawn')),
        decided_at       timestamptz NOT NULL,
        -- How it was checked that a guardian spoke (Art. 8(2)).
        verification     text,
        wording_id       text,
        wording_version  integer,
        wording_language text,
        wording_sha256   text,
        source_system    text NOT NULL,
        -- Who checked.
        actor            text NOT NULL,
        recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
        CHECK (decision = 'withdrawn' OR (verification IS NOT NULL AND wording_sha256 IS NOT NULL))
      );
      CREATE INDEX guardian_consent_customer ON guardian_consent (customer_id, id);
      CREATE TRIGGER guardian_consent_append_only BEFORE UPDATE OR DELETE ON guardian_consent
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE guardian_consent; ALTER TABLE customer DROP COLUMN guardian_at');
  }
}
