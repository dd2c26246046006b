import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far this database has come in time, to be compared with what the log of erasures has seen of it: a restored one is behind. */
export class Pulse1700000000012 implements MigrationInterface {
  readonly name = 'Pulse1700000000012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE pulse (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        count    bigint NOT NULL DEFAULT 0
      );
      INSERT INTO pulse DEFAULT VALUES;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE pulse');
  }
}
