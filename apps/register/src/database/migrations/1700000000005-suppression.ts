import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whom marketing must never get again, and the record of what was done about a person's standing. */
export class Suppression1700000000005 implements MigrationInterface {
  readonly name = 'Suppression1700000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- No customer id, no reference, and digests under a key of its own: it outlives the person and leads back to nobody.
      CREATE TABLE suppression (
        digest    bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
        kind      text NOT NULL CHECK (kind IN ('email', 'phone')),
        reason    text NOT NULL CHECK (reason IN ('erased', 'objected', 'abuse')),
        -- Consents given up to here never count again.
        since     timestamptz NOT NULL,
        -- Channels to which the person herself has consented since.
        reopened  text[] NOT NULL DEFAULT '{}' CHECK (reopened <@ ARRAY['email', 'sms', 'phone', 'post']),
        lifted_at timestamptz,
        lifted_by text,
        CHECK ((lifted_at IS NULL) = (lifted_by IS NULL)),
        CHECK ((lifted_at IS NULL) = (reopened = '{}'))
      );

      ALTER TABLE consent_record ADD COLUMN lifts_suppression boolean NOT NULL DEFAULT false;

      CREATE TABLE standing_record (
        id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        customer_id  uuid NOT NULL,
        kind         text NOT NULL CHECK (kind IN
          ('restricted', 'notice-sent', 'restriction-lifted', 'ended', 'resumed', 'hold-placed', 'hold-ended', 'erasure-queued')),
        reason       text,
        -- When it happened, or when the notice was sent; recorded_at is when the register learnt of it.
        effective_at timestamptz NOT NULL,
        actor        text NOT NULL,
        recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp()
      );
      CREATE INDEX standing_record_customer ON standing_record (customer_id, id);
      CREATE TRIGGER standing_record_append_only BEFORE UPDATE OR DELETE ON standing_record
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE standing_record, suppression;
      ALTER TABLE consent_record DROP COLUMN lifts_suppression;
    `);
  }
}
