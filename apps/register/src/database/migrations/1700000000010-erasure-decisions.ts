import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Why a person of the shop decided that somebody abused it, and what came of it when she contested that. A case leads to nobody. */
export class ErasureDecisions1700000000010 implements MigrationInterface {
  readonly name = 'ErasureDecisions1700000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE erasure_case
        -- With ground 'abuse'; who decided is requested_by.
        ADD COLUMN reason_code text CHECK (reason_code IS NULL OR ground = 'abuse'),
        -- Before requested_at when a legal hold came between; null: then.
        ADD COLUMN decided_at  timestamptz CHECK (decided_at IS NULL OR ground = 'abuse');
      CREATE INDEX erasure_case_unclosed ON erasure_case (requested_at, id) WHERE closed_at IS NULL;
      CREATE INDEX erasure_case_requested ON erasure_case (requested_at, id);

      -- Why abuse was decided on while a legal hold stood: the decision waits with the erasure.
      ALTER TABLE legal_hold ADD COLUMN queued_reason text CHECK (queued_reason IS NULL OR queued_ground = 'abuse');

      -- One for each case: the answer is final here, and from there the way leads to the authority.
      CREATE TABLE erasure_appeal (
        case_id     uuid PRIMARY KEY,
        received_at timestamptz NOT NULL,
        received_by text NOT NULL,
        recorded_by text NOT NULL,
        -- The last day on which the answer is in time, in Finland.
        due_on      date NOT NULL,
        -- Who had decided on the abuse: somebody else decides now.
        contested   text NOT NULL,
        outcome     text CHECK (outcome IN ('upheld', 'reversed')),
        decided_by  text CHECK (decided_by <> contested),
        decided_at  timestamptz,
        CHECK (num_nulls(outcome, decided_by, decided_at) IN (0, 3))
      );
      CREATE INDEX erasure_appeal_open ON erasure_appeal (due_on, case_id) WHERE decided_at IS NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE erasure_appeal;
      ALTER TABLE legal_hold DROP COLUMN queued_reason;
      DROP INDEX erasure_case_requested, erasure_case_unclosed;
      ALTER TABLE erasure_case DROP COLUMN reason_code, DROP COLUMN decided_at;
    `);
  }
}
