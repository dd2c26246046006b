import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds Korhonen-Virtanen by Virtanen: a search for somebody erased stops at such a name, too. Few have one, so the index is small. */
export class NameParts1700000000013 implements MigrationInterface {
  readonly name = 'NameParts1700000000013';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX customer_last_name_parts ON customer USING gin (regexp_split_to_array(lower(last_name), '[[:space:]-]+'))
        WHERE last_name ~ '[[:space:]-]';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX customer_last_name_parts');
  }
}
