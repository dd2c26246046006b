import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By which keys the database was filled: under another one nobody would be found, and nothing would say why. */
export class KeyChecks1700000000014 implements MigrationInterface {
  readonly name = 'KeyChecks1700000000014';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE key_check (
        -- Of the environment variable.
        name  text PRIMARY KEY,
        -- A keyed hash of a fixed text: the same for the same key, and no way to it.
        value bytea NOT NULL
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE key_check');
  }
}
