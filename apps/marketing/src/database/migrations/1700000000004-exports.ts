import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What was handed to whom. Rows stay for ever (they are the record of disclosures) and hold no data of a person: whoever was
 * in an export is a bit, and a bit is a slot. Without contact or ref_state a slot says nothing.
 */
export class Exports1700000000004 implements MigrationInterface {
  readonly name = 'Exports1700000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE export (
        id                uuid PRIMARY KEY,
        -- The order in which they were asked for.
        number            bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
        recipient         text NOT NULL,
        purpose           text NOT NULL,
        channel           text NOT NULL CHECK (channel IN ('email', 'sms', 'phone', 'post')),
        preset            text NOT NULL,
        delivery          text NOT NULL CHECK (delivery IN ('download', 'file')),
        bom               boolean NOT NULL,
        -- What was asked for ({"filter": …} or the segment and its version), to the letter, and what it came down to then.
        asked             json NOT NULL,
        condition         json NOT NULL,
        requested_by      text NOT NULL,
        requested_by_kind text NOT NULL,
        requested_at      timestamptz NOT NULL DEFAULT now(),
        expires_at        timestamptz NOT NULL,
        state             text NOT NULL DEFAULT 'waiting'
          CHECK (state IN ('waiting', 'running', 'ready', 'delivered', 'failed', 'cancelled', 'expired')),
        reason            text CHECK ((reason IS NOT NULL) = (state IN ('failed', 'cancelled'))),
        started_at        timestamptz,
        ended_at          timestamptz,
        -- The age of the oldest of its blocks: everything in the register before this moment is taken into account.
        as_of             timestamptz,
        -- Slots below next_slot have been read; it ends at last_slot.
        next_slot         integer NOT NULL DEFAULT 0,
        last_slot         integer,
        -- Rows that were to be expected when it was asked for.
        expected          bigint NOT NULL,
        rows              bigint NOT NULL DEFAULT 0,
        left_out          bigint NOT NULL DEFAULT 0,
        bytes             bigint,
        sha256            bytea,
        -- Number of the stored file of this export; null: there is none.
        file              integer,
        -- Somebody in the stored file was erased: it must be written anew at once.
        clean_due         boolean NOT NULL DEFAULT false,
        -- Departures from its members were looked for at this version of the contacts; null: they must be looked for.
        noticed_at        bigint,
        -- Which process works on it, and until when nobody else may think that it has died.
        worker            uuid,
        worker_until      timestamptz,
        tries             smallint NOT NULL DEFAULT 0,
        CHECK ((worker IS NULL) = (worker_until IS NULL)),
        CHECK (file IS NULL OR (delivery = 'file' AND state = 'ready'))
      );
      CREATE INDEX export_open ON export (state) WHERE state IN ('waiting', 'running', 'ready');
      CREATE INDEX export_recipient ON export (recipient, number);

      -- Who was in it: bit i of a block is the person of slot block * 65536 + i.
      CREATE TABLE export_block (
        export_id uuid NOT NULL REFERENCES export,
        block     integer NOT NULL,
        -- Handed out, or about to be.
        members   bytea CHECK (octet_length(members) = 8192),
        -- In the stored file.
        stored    bytea CHECK (octet_length(stored) = 8192),
        PRIMARY KEY (export_id, block)
      );
      -- Bitmaps gain little from compression and are read whole.
      ALTER TABLE export_block ALTER COLUMN members SET STORAGE EXTERNAL, ALTER COLUMN stored SET STORAGE EXTERNAL;
      CREATE INDEX export_block_block ON export_block (block);

      -- Every time bytes left: who took them, and how it ended.
      CREATE TABLE export_handover (
        id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        export_id uuid NOT NULL REFERENCES export,
        taken_by  text NOT NULL,
        taken_at  timestamptz NOT NULL DEFAULT now(),
        outcome   text CHECK (outcome IN ('complete', 'broken'))
      );
      CREATE INDEX export_handover_export ON export_handover (export_id);

      -- Locked while departures are noticed, so that their numbers are committed in order.
      CREATE TABLE export_recipient_lock (recipient text PRIMARY KEY);

      -- Whoever must go from a recipient: was in the export and has left.
      CREATE SEQUENCE export_removal_number;
      CREATE TABLE export_removal (
        export_id       uuid NOT NULL REFERENCES export,
        slot            integer NOT NULL,
        recipient       text NOT NULL,
        number          bigint NOT NULL,
        noticed_at      timestamptz NOT NULL DEFAULT now(),
        acknowledged_at timestamptz,
        acknowledged_by text,
        PRIMARY KEY (export_id, slot)
      );
      CREATE INDEX export_removal_open ON export_removal (recipient, number) WHERE acknowledged_at IS NULL;

      -- Exports read in the order of slots. Room in every page keeps a changed contact where it was: after a million changes
      -- on full pages that order is random reading, which takes two to three times as long.
      ALTER TABLE contact SET (fillfactor = 85);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE contact RESET (fillfactor);
      DROP TABLE export_removal;
      DROP SEQUENCE export_removal_number;
      DROP TABLE export_recipient_lock;
      DROP TABLE export_handover;
      DROP TABLE export_block;
      DROP TABLE export;
    `);
  }
}
