import type { MigrationInterface, QueryRunner } from 'typeorm';

const CHANNELS = ['email', 'sms', 'phone', 'post'] as const;

/**
 * Counts, once, the contacts that were there before growth was counted, as gained on the day of their consent, so that what was
 * gained less what was withdrawn is what is held. Whoever came and left before that day is not known any more, and not counted.
 */
export class GrowthBefore1700000000006 implements MigrationInterface {
  readonly name = 'GrowthBefore1700000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      SET LOCAL statement_timeout = 0;
      INSERT INTO growth (day, channel, source, wording_id, wording_version, gained)
      SELECT (since AT TIME ZONE 'UTC')::date, channel, source, wording_id, wording_version, count(*)
        FROM contact AS c
       CROSS JOIN LATERAL (VALUES ${CHANNELS.map((each) => `('${each}', c.${each}_since, c.${each}_source, c.${each}_wording_id, c.${each}_wording_version)`).join(', ')})
          AS x (channel, since, source, wording_id, wording_version)
       WHERE since IS NOT NULL AND NOT EXISTS (SELECT 1 FROM growth)
       GROUP BY 1, 2, 3, 4, 5;
    `);
  }

  /** The counts stay: they are true. */
  async down(): Promise<void> {
    await Promise.resolve();
  }
}
