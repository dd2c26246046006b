import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Consents lapse of those whom marketing has never heard of, too: for other purposes, for disclosures, and for channels without an address yet. */
export class EverybodyActive1700000000018 implements MigrationInterface {
  readonly name = 'EverybodyActive1700000000018';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX customer_active;
      CREATE INDEX customer_active ON customer (active_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX customer_active;
      CREATE INDEX customer_active ON customer (active_at) WHERE known_to_marketing;
    `);
  }
}
