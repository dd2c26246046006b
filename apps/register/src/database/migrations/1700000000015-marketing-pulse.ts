import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far marketing's database had come when it said something, so that one that was put back can be told what it has forgotten. */
export class MarketingPulse1700000000015 implements MigrationInterface {
  readonly name = 'MarketingPulse1700000000015';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A row for each process of marketing, and for each of its epochs.
      CREATE TABLE marketing_pulse (
        instance        uuid PRIMARY KEY,
        marketing_epoch uuid NOT NULL,
        count           bigint NOT NULL CHECK (count > 0),
        heard_at        timestamptz NOT NULL
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE marketing_pulse');
  }
}
