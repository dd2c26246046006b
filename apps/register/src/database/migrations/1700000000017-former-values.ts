import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Addresses that people had before, and their names with their postal addresses: by these too nobody comes back, and everything of hers is found. */
export class FormerValues1700000000017 implements MigrationInterface {
  readonly name = 'FormerValues1700000000017';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE former_value (
        customer_id uuid NOT NULL REFERENCES customer ON DELETE CASCADE,
        kind        text NOT NULL CHECK (kind IN ('email', 'phone', 'post')),
        -- As customer.email_index: tells who has it now.
        value_index bytea NOT NULL CHECK (octet_length(value_index) = 32),
        sealed      bytea NOT NULL,
        replaced_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (customer_id, value_index)
      );
      -- Who registers with an address is asked whose it was.
      CREATE INDEX former_value_value_index ON former_value (value_index);
      ALTER TABLE suppression DROP CONSTRAINT suppression_kind_check, ADD CONSTRAINT suppression_kind_check CHECK (kind IN ('email', 'phone', 'post'));
      -- Positions among the values of a case that this round does not look for, because somebody of today has them.
      ALTER TABLE erasure_case ADD COLUMN left_out smallint[] NOT NULL DEFAULT '{}';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE erasure_case DROP COLUMN left_out;
      DELETE FROM suppression WHERE kind = 'post';
      ALTER TABLE suppression DROP CONSTRAINT suppression_kind_check, ADD CONSTRAINT suppression_kind_check CHECK (kind IN ('email', 'phone'));
      DROP TABLE former_value;
    `);
  }
}
