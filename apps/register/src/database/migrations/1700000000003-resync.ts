import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far "tell marketing everything again" has come: it is marked in parts, and the watermark must know of the parts to come. */
export class Resync1700000000003 implements MigrationInterface {
  readonly name = 'Resync1700000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- References up to this one are marked; null when none is under way. While it is set, the watermark stands at 1970.
      ALTER TABLE link_state ADD COLUMN resync_after uuid;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE link_state DROP COLUMN resync_after');
  }
}
