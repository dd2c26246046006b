import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a person of the shop decided on, and whether an appeal reversed it: a restored register must not know it otherwise. */
export class Decisions1700000000002 implements MigrationInterface {
  readonly name = 'Decisions1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE erasure
        -- With ground 'abuse'; who decided is requested_by.
        ADD COLUMN reason_code text CHECK (reason_code IS NULL OR ground = 'abuse'),
        ADD COLUMN reversed_at timestamptz CHECK (reversed_at IS NULL OR ground = 'abuse');
      -- Few: who is marked, and who is not any more.
      CREATE INDEX erasure_abuse ON erasure (ref) WHERE ground = 'abuse';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX erasure_abuse; ALTER TABLE erasure DROP COLUMN reason_code, DROP COLUMN reversed_at;');
  }
}
