import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who was erased, as keyed hashes and random references: nothing of it says who she was. */
export class ErasureLog1700000000001 implements MigrationInterface {
  readonly name = 'ErasureLog1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE erasure (
        -- The reference between register and marketing: one line a person, whatever is repeated.
        ref          uuid PRIMARY KEY,
        case_id      uuid NOT NULL UNIQUE,
        -- Digests of the suppression list, which a restored backup may lack.
        email_digest bytea,
        phone_digest bytea,
        ground       text NOT NULL,
        requested_by text NOT NULL,
        -- Before the first row is deleted.
        logged_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
        -- When the rows were seen to be gone.
        done_at      timestamptz
      );
      CREATE INDEX erasure_open ON erasure (logged_at) WHERE done_at IS NULL;

      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'the erasure log is append-only' USING ERRCODE = 'restrict_violation';
      END $$;
      CREATE TRIGGER erasure_append_only BEFORE DELETE ON erasure FOR EACH ROW EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER erasure_no_truncate BEFORE TRUNCATE ON erasure FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE erasure; DROP FUNCTION refuse_change();');
  }
}
