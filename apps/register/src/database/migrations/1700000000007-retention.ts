import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How long people are kept: when they were last heard of, who is held by law, and which rules ran. */
export class Retention1700000000007 implements MigrationInterface {
  readonly name = 'Retention1700000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- When she last decided, corrected or was seen; kept to the day where nothing else is known.
      ALTER TABLE customer ADD COLUMN active_at timestamptz NOT NULL DEFAULT now();
      UPDATE customer SET active_at = updated_at;
      CREATE INDEX customer_active ON customer (active_at) WHERE known_to_marketing;
      CREATE INDEX customer_ended ON customer (ended_at) WHERE ended_at IS NOT NULL;

      CREATE TABLE legal_hold (
        customer_id  uuid PRIMARY KEY REFERENCES customer,
        reason       text NOT NULL,
        -- Who answers for it, and when she has to look at it again.
        owner        text NOT NULL,
        review_at    timestamptz NOT NULL,
        placed_by    text NOT NULL,
        placed_at    timestamptz NOT NULL DEFAULT now(),
        -- An erasure that was asked for meanwhile waits here.
        queued_ground text,
        queued_by     text,
        queued_at     timestamptz,
        CHECK (num_nulls(queued_ground, queued_by, queued_at) IN (0, 3))
      );
      CREATE INDEX legal_hold_review ON legal_hold (review_at, customer_id);

      -- One row for each rule and day: where a run that was cut short goes on, and the proof that it ran. No person in it.
      CREATE TABLE retention_run (
        day         date NOT NULL,
        rule        text NOT NULL,
        started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
        finished_at timestamptz,
        done        integer NOT NULL DEFAULT 0,
        -- Up to which date everybody was looked at.
        position    timestamptz NOT NULL DEFAULT '-infinity',
        PRIMARY KEY (day, rule)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE retention_run, legal_hold;
      DROP INDEX customer_ended;
      ALTER TABLE customer DROP COLUMN active_at;
    `);
  }
}
