import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rounds that search every store again for the erased, and the keys that sign their certificates. */
export class SearchRounds1700000000011 implements MigrationInterface {
  readonly name = 'SearchRounds1700000000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE search_round (
        id          uuid PRIMARY KEY,
        started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
        cases       integer NOT NULL,
        -- What marketing stated, signed; gone when the round has ended and the certificates hold it.
        statement   text,
        answered_at timestamptz,
        ended_at    timestamptz,
        outcome     text CHECK (outcome IN ('done', 'given-up')),
        -- Of searching, without waiting for an answer that did not come: the pause before the next round goes by it.
        took_ms     bigint,
        CHECK ((ended_at IS NULL) = (outcome IS NULL))
      );
      CREATE UNIQUE INDEX search_round_open ON search_round ((true)) WHERE ended_at IS NULL;
      CREATE INDEX search_round_ended ON search_round (ended_at);

      ALTER TABLE erasure_case
        -- The round in which it is, or was last, looked for.
        ADD COLUMN round_id       uuid,
        ADD COLUMN searches       integer NOT NULL DEFAULT 0,
        ADD COLUMN next_search_at timestamptz NOT NULL DEFAULT '-infinity',
        -- Kinds of values that a living customer has as well, as the present round found them.
        ADD COLUMN not_sought     text[] NOT NULL DEFAULT '{}';
      CREATE INDEX erasure_case_due ON erasure_case (next_search_at, answered_at) WHERE answered_at IS NOT NULL AND closed_at IS NULL;
      CREATE INDEX erasure_case_round ON erasure_case (round_id, id) WHERE closed_at IS NULL;

      CREATE TABLE certificate_key (
        kid         text PRIMARY KEY,
        -- AES-256-GCM over the private JWK, bound to the kid; null once the key was replaced: what cannot sign cannot be stolen.
        private_key bytea,
        -- For ever: a certificate can be verified for as long as somebody keeps it.
        public_jwk  jsonb NOT NULL,
        created_at  timestamptz NOT NULL DEFAULT clock_timestamp()
      );
      CREATE UNIQUE INDEX certificate_key_signs ON certificate_key ((true)) WHERE private_key IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE certificate_key, search_round;
      DROP INDEX erasure_case_due, erasure_case_round;
      ALTER TABLE erasure_case DROP COLUMN round_id, DROP COLUMN searches, DROP COLUMN next_search_at, DROP COLUMN not_sought;
    `);
  }
}
