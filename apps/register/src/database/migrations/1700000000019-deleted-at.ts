import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When it was deleted, apart from when that was asked for: a restored backup is erased from again, long after the demand. */
export class DeletedAt1700000000019 implements MigrationInterface {
  readonly name = 'DeletedAt1700000000019';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE erasure_case ADD COLUMN deleted_at timestamptz;
      UPDATE erasure_case SET deleted_at = requested_at;
      ALTER TABLE erasure_case ALTER COLUMN deleted_at SET NOT NULL, ALTER COLUMN deleted_at SET DEFAULT now();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE erasure_case DROP COLUMN deleted_at');
  }
}
