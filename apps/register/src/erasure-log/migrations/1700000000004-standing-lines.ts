import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A line of what was carried out stands as it is; only an appeal adds to it. Until then another attempt may replace what it says, never whom it is about. */
export class StandingLines1700000000004 implements MigrationInterface {
  readonly name = 'StandingLines1700000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TRIGGER erasure_stands BEFORE UPDATE ON erasure FOR EACH ROW
      WHEN (NEW.ref <> OLD.ref OR NEW.case_id <> OLD.case_id OR (OLD.done_at IS NOT NULL AND
        (NEW.email_digest, NEW.phone_digest, NEW.ground, NEW.requested_by, NEW.reason_code, NEW.logged_at, NEW.done_at) IS DISTINCT FROM
        (OLD.email_digest, OLD.phone_digest, OLD.ground, OLD.requested_by, OLD.reason_code, OLD.logged_at, OLD.done_at)))
      EXECUTE FUNCTION refuse_change();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER erasure_stands ON erasure');
  }
}
