import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What left the company, on which consent and after which notice (R5), and what recipients are still to be told (GDPR Art. 19). */
export class Disclosures1700000000008 implements MigrationInterface {
  readonly name = 'Disclosures1700000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Consents for one recipient and one purpose. The last record in effect is what is in force; all of them are the proof.
      CREATE TABLE disclosure_consent_record (
        id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        customer_id      uuid NOT NULL,
        recipient        text NOT NULL,
        purpose          text NOT NULL,
        decision         text NOT NULL CHECK (decision IN ('granted', 'withdrawn')),
        decided_at       timestamptz NOT NULL,
        in_effect        boolean NOT NULL,
        wording_id       text,
        wording_version  integer,
        wording_language text,
        wording_sha256   text,
        method           text NOT NULL,
        form             text,
        source_system    text NOT NULL,
        actor            text NOT NULL,
        recorded_at      timestamptz NOT NULL DEFAULT now(),
        CHECK (decision = 'withdrawn' OR wording_id IS NOT NULL)
      );
      CREATE INDEX disclosure_consent_record_customer ON disclosure_consent_record (customer_id, recipient, purpose, id);

      -- That the person was told of the disclosure, apart from her consent.
      CREATE TABLE disclosure_notice (
        id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        customer_id uuid NOT NULL,
        recipient   text NOT NULL,
        purpose     text NOT NULL,
        sent_at     timestamptz NOT NULL,
        sent_by     text NOT NULL CHECK (sent_by IN ('email', 'sms', 'letter', 'in-person', 'account')),
        actor       text NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX disclosure_notice_customer ON disclosure_notice (customer_id, recipient, purpose);

      -- The ledger. The id is random and handed out with the data: by it the recipient can be told whom a later notice means.
      CREATE TABLE disclosure (
        id          uuid PRIMARY KEY,
        customer_id uuid NOT NULL,
        recipient   text NOT NULL,
        purpose     text NOT NULL,
        fields      text[] NOT NULL CHECK (cardinality(fields) > 0),
        legal_basis text NOT NULL,
        -- Nothing leaves the company without a consent and a notice.
        consent_id  bigint NOT NULL,
        notice_id   bigint NOT NULL,
        actor       text NOT NULL,
        actor_kind  text NOT NULL,
        released_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX disclosure_customer ON disclosure (customer_id, released_at);

      -- No customer id: an erasure has to be told of when nothing else is left. Days only, which match no time of another table.
      CREATE TABLE recipient_notice (
        id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        recipient     text NOT NULL,
        -- Null once nobody has to be told any more who is meant.
        disclosure_id uuid,
        kind          text NOT NULL CHECK (kind IN ('correction', 'erasure', 'restriction')),
        fields        text[] NOT NULL,
        created_on    date NOT NULL DEFAULT (now() AT TIME ZONE 'Europe/Helsinki')::date,
        -- "Without undue delay" has no number in Art. 19; ours is two weeks.
        due_on        date NOT NULL DEFAULT (now() AT TIME ZONE 'Europe/Helsinki')::date + 14,
        done_at       timestamptz,
        done_by       text,
        told_by       text,
        CHECK ((done_at IS NULL) = (done_by IS NULL)),
        CHECK (done_at IS NOT NULL OR disclosure_id IS NOT NULL)
      );
      CREATE UNIQUE INDEX recipient_notice_open ON recipient_notice (disclosure_id, kind) WHERE done_at IS NULL;
      CREATE INDEX recipient_notice_disclosure ON recipient_notice (disclosure_id) WHERE done_at IS NOT NULL;
      CREATE INDEX recipient_notice_due ON recipient_notice (due_on, id);

      CREATE TRIGGER disclosure_consent_record_append_only BEFORE UPDATE OR DELETE ON disclosure_consent_record
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER disclosure_consent_record_no_truncate BEFORE TRUNCATE ON disclosure_consent_record
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER disclosure_notice_append_only BEFORE UPDATE OR DELETE ON disclosure_notice
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER disclosure_append_only BEFORE UPDATE OR DELETE ON disclosure
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER disclosure_no_truncate BEFORE TRUNCATE ON disclosure
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE recipient_notice, disclosure, disclosure_notice, disclosure_consent_record');
  }
}
