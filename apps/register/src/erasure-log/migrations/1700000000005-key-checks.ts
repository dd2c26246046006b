import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By which key the digests of the log are made: it outlives restores of the register, whose own table may know of no key. */
export class KeyChecks1700000000005 implements MigrationInterface {
  readonly name = 'KeyChecks1700000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE key_check (name text PRIMARY KEY, value bytea NOT NULL)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE key_check');
  }
}
