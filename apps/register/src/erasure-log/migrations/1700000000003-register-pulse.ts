import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far the register's database had come in time: one that is behind this was restored. */
export class RegisterPulse1700000000003 implements MigrationInterface {
  readonly name = 'RegisterPulse1700000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE register_pulse (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        count    bigint NOT NULL DEFAULT 0
      );
      INSERT INTO register_pulse DEFAULT VALUES;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE register_pulse');
  }
}
