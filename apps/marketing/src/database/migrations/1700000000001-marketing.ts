import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Marketing's own tables. `contact` holds opted-in people only, and of each only what the granted channels
 * need: what must never be held, the table refuses by its checks. `ref_state` is the memory that keeps an
 * older message from bringing anybody back.
 */
export class Marketing1700000000001 implements MigrationInterface {
  readonly name = 'Marketing1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The link to the register. marketing_epoch names this incarnation of the database; raise it after a restore.
      CREATE TABLE link_state (
        only_row                  boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        marketing_epoch           uuid NOT NULL DEFAULT gen_random_uuid(),
        -- The highest incarnation of the register heard of, by message or watermark.
        register_epoch            bigint,
        watermark                 timestamptz,
        watermark_epoch           bigint,
        watermark_marketing_epoch uuid,
        issued_at                 timestamptz,
        received_at               timestamptz,
        pending                   bigint,
        -- Set by a change of either epoch: lists stay closed until both sides were compared once.
        reconcile_due             boolean NOT NULL DEFAULT false,
        reconcile_claimed_at      timestamptz NOT NULL DEFAULT now(),
        CHECK ((watermark IS NULL) = (issued_at IS NULL)),
        CHECK ((watermark IS NULL) = (received_at IS NULL)),
        CHECK ((watermark IS NULL) = (watermark_epoch IS NULL))
      );
      INSERT INTO link_state DEFAULT VALUES;

      -- One row per reference ever heard of, kept for ever: for people who are out it is the tombstone.
      CREATE TABLE ref_state (
        ref           uuid PRIMARY KEY,
        epoch         bigint NOT NULL CHECK (epoch > 0),
        version       bigint NOT NULL CHECK (version > 0),
        awaiting_data boolean NOT NULL DEFAULT false,
        erased        boolean NOT NULL DEFAULT false,
        -- Rows that the erasure deleted; null unless erased.
        rows_deleted  integer,
        -- Not asked for before this time; pushed ahead while one instance is asking.
        pull_after    timestamptz,
        CHECK (NOT (erased AND awaiting_data)),
        CHECK (NOT awaiting_data OR pull_after IS NOT NULL)
      ) WITH (fillfactor = 80);
      CREATE INDEX ref_state_awaiting ON ref_state (pull_after) WHERE awaiting_data;

      -- A channel is granted when its *_since is not null. Wide on purpose: one row answers every filter.
      CREATE TABLE contact (
        ref                   uuid PRIMARY KEY,
        first_name            text,
        last_name             text,
        language              text,
        birth_year            smallint,
        occupation            text,
        interests             text[] NOT NULL DEFAULT '{}',
        email                 text,
        phone                 text,
        street_address        text,
        postal_code           text,
        city                  text,
        country               text,
        email_since           timestamptz,
        email_wording_id      text,
        email_wording_version integer,
        email_source          text,
        sms_since             timestamptz,
        sms_wording_id        text,
        sms_wording_version   integer,
        sms_source            text,
        phone_since           timestamptz,
        phone_wording_id      text,
        phone_wording_version integer,
        phone_source          text,
        post_since            timestamptz,
        post_wording_id       text,
        post_wording_version  integer,
        post_source           text,
        CONSTRAINT contact_has_a_channel CHECK (num_nonnulls(email_since, sms_since, phone_since, post_since) > 0),
        CONSTRAINT contact_email_by_consent CHECK ((email IS NULL) = (email_since IS NULL)),
        CONSTRAINT contact_phone_by_consent CHECK ((phone IS NULL) = (num_nonnulls(sms_since, phone_since) = 0)),
        CONSTRAINT contact_post_by_consent
          CHECK (post_since IS NOT NULL OR num_nonnulls(street_address, postal_code, city, country) = 0),
        CHECK (num_nonnulls(email_since, email_wording_id, email_wording_version, email_source) IN (0, 4)),
        CHECK (num_nonnulls(sms_since, sms_wording_id, sms_wording_version, sms_source) IN (0, 4)),
        CHECK (num_nonnulls(phone_since, phone_wording_id, phone_wording_version, phone_source) IN (0, 4)),
        CHECK (num_nonnulls(post_since, post_wording_id, post_wording_version, post_source) IN (0, 4))
      );

      -- Answers that wait for their way to the register: written with the change, deleted on the broker's confirm.
      CREATE TABLE answer (
        id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        ref          uuid NOT NULL,
        epoch        bigint NOT NULL,
        version      bigint NOT NULL,
        erased       boolean NOT NULL,
        rows_deleted integer NOT NULL DEFAULT 0,
        applied_at   timestamptz NOT NULL DEFAULT now()
      ) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

      -- Messages that could not be applied, with the reason. The same message sent again counts up one row.
      CREATE TABLE parked (
        id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        queue          text NOT NULL,
        content        bytea NOT NULL,
        content_sha256 bytea NOT NULL UNIQUE,
        ref            uuid,
        reason         text NOT NULL,
        times          integer NOT NULL DEFAULT 1,
        first_at       timestamptz NOT NULL DEFAULT now(),
        last_at        timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX parked_ref ON parked (ref) WHERE ref IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE parked;
      DROP TABLE answer;
      DROP TABLE contact;
      DROP TABLE ref_state;
      DROP TABLE link_state;
    `);
  }
}
