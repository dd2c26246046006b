import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far this database has come in time, to be compared with what the register was told of it: one that was put back is behind. */
export class Pulse1700000000009 implements MigrationInterface {
  readonly name = 'Pulse1700000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A row for each process, and for each epoch that it has lived in. Only it counts on there, so a count that was lost stays lost.
      CREATE TABLE pulse (
        instance uuid PRIMARY KEY,
        count    bigint NOT NULL CHECK (count > 0)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE pulse');
  }
}
