import type { MigrationInterface, QueryRunner } from 'typeorm';

const CHANNELS = ['email', 'sms', 'phone', 'post'] as const;

/** (channel, since) of each channel of a row; with `was`: (channel, was, since). */
const sinces = (...rows: readonly string[]): string =>
  CHANNELS.map((channel) => `('${channel}', ${rows.map((row) => `${row}.${channel}_since`).join(', ')})`).join(', ');

/** Clears what `found` names (snapshot_id, block, bits); untouched blocks are not written anew. See `clear` in snapshots.sql.ts. */
const clear = (found: string): string => `
  UPDATE snapshot_members AS m SET members = clear_members(m.members, f.bits)
    FROM (${found}) AS f
   WHERE m.snapshot_id = f.snapshot_id AND m.block = f.block AND m.members <> clear_members(m.members, f.bits);`;

/** Whoever gets a consent that is older than a snapshot was not on it under this consent. */
const clearReturned = (from: string, isNew: string): string => clear(`
  SELECT s.id AS snapshot_id, n.slot >> 16 AS block, array_agg(n.slot & 65535) AS bits
    FROM ${from} JOIN snapshot AS s ON s.channel = x.channel AND x.since < s.taken_at + interval '1 second'
   WHERE ${isNew} GROUP BY s.id, n.slot >> 16`);

const noteGone = (from: string, isGone: string): string => `
  INSERT INTO departure (version, channel, slots)
  SELECT (SELECT version FROM audience_version), x.channel, array_agg(o.slot) FROM ${from} WHERE ${isGone} GROUP BY x.channel;`;

/**
 * Segments, snapshots, and the log of reads of single persons. A snapshot is a bitmap over slots. Who leaves is put down in
 * `departure` by a trigger, so that no way of leaving is forgotten, and is cleared from the bitmaps a little later: clearing at
 * once would write every bitmap anew for every withdrawal. Nobody is shown meanwhile, as the consent is asked for at every use;
 * only who comes back with a consent older than the snapshot would be, and so is cleared at once, in the change itself.
 */
export class Segments1700000000003 implements MigrationInterface {
  readonly name = 'Segments1700000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE segment (
        id          uuid PRIMARY KEY,
        name        text NOT NULL,
        owner       text NOT NULL,
        -- The newest of its versions.
        version     integer NOT NULL CHECK (version > 0),
        created_at  timestamptz NOT NULL DEFAULT now(),
        archived_at timestamptz
      );
      CREATE UNIQUE INDEX segment_name ON segment (lower(name COLLATE "und-x-icu")) WHERE archived_at IS NULL;

      -- Every version as it was saved. The filter is parsed again whenever it is used: the language may have changed since.
      CREATE TABLE segment_version (
        segment_id  uuid NOT NULL REFERENCES segment,
        version     integer NOT NULL,
        name        text NOT NULL,
        description text NOT NULL,
        channel     text NOT NULL,
        filter      json NOT NULL,
        changed_by  text NOT NULL,
        changed_at  timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (segment_id, version)
      );
      CREATE FUNCTION refuse_to_rewrite_segments() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'versions of segments are only ever added';
      END $$;
      CREATE TRIGGER segment_version_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON segment_version
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite_segments();

      CREATE TABLE snapshot (
        id              uuid PRIMARY KEY,
        name            text NOT NULL,
        owner           text NOT NULL,
        channel         text NOT NULL,
        filter          json NOT NULL,
        segment_id      uuid REFERENCES segment,
        segment_version integer,
        -- A whole second: consents given up to it count.
        taken_at        timestamptz NOT NULL CHECK (taken_at = date_trunc('second', taken_at)),
        -- Everything that happened in the register before this moment was taken into account.
        as_of           timestamptz NOT NULL,
        -- The version of the contacts that was looked at.
        version         bigint NOT NULL,
        size_at         integer NOT NULL,
        expires_at      timestamptz NOT NULL
      );
      CREATE INDEX snapshot_expiry ON snapshot (expires_at);

      -- A bitmap over slots in blocks of 65,536: bit i of a block is get_bit(members, i). Blocks of nobody are left out.
      CREATE TABLE snapshot_members (
        snapshot_id uuid NOT NULL REFERENCES snapshot ON DELETE CASCADE,
        block       integer NOT NULL,
        members     bytea NOT NULL CHECK (octet_length(members) = 8192),
        PRIMARY KEY (snapshot_id, block)
      );

      -- Whose consent for a channel ended, or became another one, with which version. Emptied into the snapshots.
      CREATE TABLE departure (
        version bigint NOT NULL,
        channel text NOT NULL,
        slots   integer[] NOT NULL,
        PRIMARY KEY (version, channel)
      ) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

      -- Who looked at one person's place on lists, what for, and when. No reference: nobody was found.
      CREATE TABLE person_read (
        id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        actor   text NOT NULL,
        purpose text NOT NULL,
        route   text NOT NULL,
        ref     uuid,
        read_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX person_read_ref ON person_read (ref) WHERE ref IS NOT NULL;

      CREATE FUNCTION clear_members(members bytea, bits integer[]) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
      DECLARE
        -- Joined to nothing, it is fetched and unpacked once, and not for every bit.
        cleared bytea := members || ''::bytea;
        bit     integer;
      BEGIN
        FOREACH bit IN ARRAY bits LOOP
          IF get_bit(cleared, bit) = 1 THEN
            cleared := set_bit(cleared, bit, 0);
          END IF;
        END LOOP;
        RETURN cleared;
      END $$;

      -- Runs after note_contact_change, by its name: the version is that of the change, and its row is locked. So a
      -- snapshot is seen here, or its making waits for this change and then reads what was put down.
      CREATE FUNCTION note_departures() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        CASE TG_OP
          WHEN 'DELETE' THEN ${noteGone(`old_rows AS o CROSS JOIN LATERAL (VALUES ${sinces('o')}) AS x (channel, was)`, 'x.was IS NOT NULL')}
          WHEN 'UPDATE' THEN
            ${noteGone(
              `old_rows AS o JOIN new_rows AS n USING (slot) CROSS JOIN LATERAL (VALUES ${sinces('o', 'n')}) AS x (channel, was, since)`,
              'x.was IS NOT NULL AND x.since IS DISTINCT FROM x.was',
            )}
            ${clearReturned(
              `old_rows AS o JOIN new_rows AS n USING (slot) CROSS JOIN LATERAL (VALUES ${sinces('o', 'n')}) AS x (channel, was, since)`,
              'x.since IS DISTINCT FROM x.was',
            )}
          WHEN 'INSERT' THEN ${clearReturned(`new_rows AS n CROSS JOIN LATERAL (VALUES ${sinces('n')}) AS x (channel, since)`, 'x.since IS NOT NULL')}
          ELSE DELETE FROM snapshot_members;
        END CASE;
        RETURN NULL;
      END $$;

      CREATE TRIGGER contact_inserted_then AFTER INSERT ON contact REFERENCING NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION note_departures();
      CREATE TRIGGER contact_updated_then AFTER UPDATE ON contact REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION note_departures();
      CREATE TRIGGER contact_deleted_then AFTER DELETE ON contact REFERENCING OLD TABLE AS old_rows
        FOR EACH STATEMENT EXECUTE FUNCTION note_departures();
      CREATE TRIGGER contact_truncated_then AFTER TRUNCATE ON contact FOR EACH STATEMENT EXECUTE FUNCTION note_departures();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER contact_truncated_then ON contact;
      DROP TRIGGER contact_deleted_then ON contact;
      DROP TRIGGER contact_updated_then ON contact;
      DROP TRIGGER contact_inserted_then ON contact;
      DROP FUNCTION note_departures();
      DROP FUNCTION clear_members(bytea, integer[]);
      DROP TABLE person_read;
      DROP TABLE departure;
      DROP TABLE snapshot_members;
      DROP TABLE snapshot;
      DROP TABLE segment_version;
      DROP FUNCTION refuse_to_rewrite_segments();
      DROP TABLE segment;
    `);
  }
}
