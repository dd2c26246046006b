import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often each account of the register was changed: one that was changed less often was set back, and whoever was shut out would get in again. */
export class Accounts1700000000006 implements MigrationInterface {
  readonly name = 'Accounts1700000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE account_seen (
        -- A keyed hash of whether it is of staff or a program, and of its name.
        digest  bytea PRIMARY KEY,
        version bigint NOT NULL,
        -- Deleted, which is one change more.
        gone    boolean NOT NULL DEFAULT false
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE account_seen');
  }
}
