import type { MigrationInterface, QueryRunner } from 'typeorm';

const STANDS = (columns: readonly string[]): string => `
  CREATE TRIGGER erasure_stands BEFORE UPDATE ON erasure FOR EACH ROW
  WHEN (NEW.ref <> OLD.ref OR NEW.case_id <> OLD.case_id OR (OLD.done_at IS NOT NULL AND
    (${columns.map((column) => `NEW.${column}`).join(', ')}) IS DISTINCT FROM
    (${columns.map((column) => `OLD.${column}`).join(', ')})))
  EXECUTE FUNCTION refuse_change();`;
const COLUMNS = ['email_digest', 'phone_digest', 'ground', 'requested_by', 'reason_code', 'logged_at', 'done_at'];

/** Somebody who was erased had more than one email and one phone: what she had before, and her name with her postal address. */
export class OtherDigests1700000000007 implements MigrationInterface {
  readonly name = 'OtherDigests1700000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- [{kind, digest, until}], digests of the suppression list in hexadecimal.
      ALTER TABLE erasure ADD COLUMN other_digests jsonb NOT NULL DEFAULT '[]';
      DROP TRIGGER erasure_stands ON erasure;
      ${STANDS([...COLUMNS, 'other_digests'])}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER erasure_stands ON erasure; ALTER TABLE erasure DROP COLUMN other_digests; ${STANDS(COLUMNS)}`);
  }
}
