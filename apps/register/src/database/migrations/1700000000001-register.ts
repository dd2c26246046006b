import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The register's own tables. Personal data lives in `customer` and hangs on its id everywhere else. */
export class Register1700000000001 implements MigrationInterface {
  readonly name = 'Register1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The link to marketing. The epoch starts at the second of creation and only rises, so that a
      -- database made anew is newer than every one before it.
      CREATE TABLE link_state (
        only_row        boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        epoch           bigint NOT NULL DEFAULT extract(epoch FROM clock_timestamp())::bigint,
        marketing_epoch uuid,
        -- When marketing first spoke under that epoch, by its own clock.
        marketing_heard_at timestamptz NOT NULL DEFAULT '-infinity'
      );
      INSERT INTO link_state DEFAULT VALUES;

      CREATE TABLE customer (
        id                 uuid PRIMARY KEY,
        -- Random (version 4) and used with marketing only; the link goes with the row.
        ref                uuid NOT NULL UNIQUE,
        version            integer NOT NULL DEFAULT 1 CHECK (version > 0),
        -- Whether marketing was ever told of this reference: before that there is nothing to take back.
        known_to_marketing boolean NOT NULL DEFAULT false,
        first_name         text,
        last_name          text,
        email              text,
        email_index        bytea UNIQUE,
        phone              text,
        phone_index        bytea,
        street_address     text,
        postal_code        text,
        city               text,
        country            text CHECK (country ~ '^[A-Z]{2}$'),
        language           text CHECK (language ~ '^[a-z]{2}$'),
        birth_year         smallint CHECK (birth_year BETWEEN 1900 AND 2100),
        occupation         text,
        interests          text[] NOT NULL DEFAULT '{}',
        -- field -> {source, actor, at, citation?}: where each value came from.
        provenance         jsonb NOT NULL,
        restricted_at      timestamptz,
        restriction_reason text,
        objected_at        timestamptz,
        ended_at           timestamptz,
        end_reason         text,
        created_at         timestamptz NOT NULL DEFAULT now(),
        updated_at         timestamptz NOT NULL DEFAULT now(),
        CHECK ((email IS NULL) = (email_index IS NULL)),
        CHECK ((phone IS NULL) = (phone_index IS NULL)),
        CHECK ((restricted_at IS NULL) = (restriction_reason IS NULL)),
        CHECK ((ended_at IS NULL) = (end_reason IS NULL))
      );
      CREATE INDEX customer_phone ON customer (phone_index) WHERE phone_index IS NOT NULL;
      CREATE INDEX customer_last_name ON customer (lower(last_name) text_pattern_ops) WHERE last_name IS NOT NULL;

      CREATE TABLE wording (
        id         text NOT NULL,
        version    integer NOT NULL CHECK (version > 0),
        language   text NOT NULL CHECK (language ~ '^[a-z]{2}$'),
        purpose    text NOT NULL,
        text       text NOT NULL,
        sha256     text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (id, version, language)
      );

      -- The state now, one row per purpose and channel; the proof is in consent_record.
      CREATE TABLE consent (
        customer_id     uuid NOT NULL REFERENCES customer ON DELETE CASCADE,
        purpose         text NOT NULL,
        channel         text NOT NULL CHECK (channel IN ('email', 'sms', 'phone', 'post')),
        decision        text NOT NULL CHECK (decision IN ('granted', 'withdrawn')),
        decided_at      timestamptz NOT NULL,
        wording_id      text,
        wording_version integer,
        source_system   text NOT NULL,
        PRIMARY KEY (customer_id, purpose, channel),
        CHECK (decision = 'withdrawn' OR (wording_id IS NOT NULL AND wording_version IS NOT NULL))
      );

      -- GDPR Art. 7(1): the controller shall be able to demonstrate that the person has consented.
      CREATE TABLE consent_record (
        id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        customer_id      uuid NOT NULL,
        purpose          text NOT NULL,
        channel          text NOT NULL CHECK (channel IN ('email', 'sms', 'phone', 'post')),
        decision         text NOT NULL CHECK (decision IN ('granted', 'withdrawn')),
        decided_at       timestamptz NOT NULL,
        -- False when a newer decision of the person was already known: kept as proof, without effect.
        in_effect        boolean NOT NULL,
        wording_id       text,
        wording_version  integer,
        wording_language text,
        wording_sha256   text,
        method           text NOT NULL,
        form             text,
        source_system    text NOT NULL,
        actor            text NOT NULL,
        recorded_at      timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX consent_record_customer ON consent_record (customer_id, id);

      -- Customers with a change that marketing has not yet answered. No payload: the relay reads the state.
      CREATE TABLE sync_pending (
        ref             uuid PRIMARY KEY,
        epoch           bigint NOT NULL,
        version         integer NOT NULL,
        erased          boolean NOT NULL DEFAULT false,
        -- 0 erased, 1 channels shrank, 2 the rest: what is taken away goes first.
        urgency         smallint NOT NULL,
        reason          text NOT NULL,
        -- Of the oldest change not yet answered; never moved forward.
        since           timestamptz NOT NULL,
        next_attempt_at timestamptz NOT NULL DEFAULT '-infinity',
        last_sent_at    timestamptz,
        attempts        integer NOT NULL DEFAULT 0
      ) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
      CREATE INDEX sync_pending_due ON sync_pending (urgency, next_attempt_at);
      CREATE INDEX sync_pending_since ON sync_pending (since);

      -- No customer id: after the request only the reference is left.
      CREATE TABLE erasure_case (
        id           uuid PRIMARY KEY,
        ref          uuid NOT NULL UNIQUE,
        epoch        bigint NOT NULL,
        version      integer NOT NULL,
        ground       text NOT NULL,
        requested_by text NOT NULL,
        requested_at timestamptz NOT NULL DEFAULT now(),
        rows_deleted integer NOT NULL,
        answered_at  timestamptz,
        statement    text
      );
      CREATE INDEX erasure_case_open ON erasure_case (requested_at) WHERE answered_at IS NULL;

      CREATE TABLE idempotency_key (
        key_hash    bytea PRIMARY KEY,
        fingerprint bytea NOT NULL,
        customer_id uuid,
        -- Null once the customer it told of was erased.
        answer      jsonb,
        created_at  timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX idempotency_key_customer ON idempotency_key (customer_id) WHERE customer_id IS NOT NULL;
      CREATE INDEX idempotency_key_created ON idempotency_key (created_at);

      CREATE TABLE access_log (
        id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at          timestamptz NOT NULL DEFAULT now(),
        actor       text NOT NULL,
        actor_kind  text NOT NULL,
        customer_id uuid NOT NULL,
        fields      text[] NOT NULL,
        purpose     text NOT NULL,
        route       text NOT NULL
      );
      CREATE INDEX access_log_customer ON access_log (customer_id, id);

      -- Rows of a log are never changed; they go only with the person, inside an erasure that names her.
      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' AND to_jsonb(OLD) ->> 'customer_id' = current_setting('lupa.erasing', true) THEN
          RETURN OLD;
        END IF;
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
      END $$;
      CREATE TRIGGER consent_record_append_only BEFORE UPDATE OR DELETE ON consent_record
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER consent_record_no_truncate BEFORE TRUNCATE ON consent_record
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER access_log_append_only BEFORE UPDATE OR DELETE ON access_log
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER wording_append_only BEFORE UPDATE OR DELETE ON wording
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE access_log, idempotency_key, erasure_case, sync_pending, consent_record, consent, wording, customer, link_state;
      DROP FUNCTION refuse_change();
    `);
  }
}
