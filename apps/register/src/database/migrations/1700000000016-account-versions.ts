import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every change of an account is counted, by whatever hand: the log of erasures remembers the count, and so knows an account that a restore has set back. */
export class AccountVersions1700000000016 implements MigrationInterface {
  readonly name = 'AccountVersions1700000000016';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE staff ADD COLUMN version bigint NOT NULL DEFAULT 1;
      ALTER TABLE program ADD COLUMN version bigint NOT NULL DEFAULT 1;
      CREATE FUNCTION count_account_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.version := greatest(NEW.version, OLD.version + 1);
        RETURN NEW;
      END $$;
      CREATE TRIGGER staff_change BEFORE UPDATE ON staff FOR EACH ROW EXECUTE FUNCTION count_account_change();
      CREATE TRIGGER program_change BEFORE UPDATE ON program FOR EACH ROW EXECUTE FUNCTION count_account_change();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER staff_change ON staff;
      DROP TRIGGER program_change ON program;
      DROP FUNCTION count_account_change();
      ALTER TABLE staff DROP COLUMN version;
      ALTER TABLE program DROP COLUMN version;
    `);
  }
}
