import type { MigrationInterface, QueryRunner } from 'typeorm';
import { z } from 'zod';
import { KeySchema, parseConfiguration } from '#service/configuration.js';
import { digestAll } from '../../contacts/address-digests.sql.js';

const EnvironmentSchema = z.object({ MARKETING_INDEX_KEY: KeySchema });

/**
 * Contacts can be found by a keyed hash of their address. A digest goes with its address, at the same moment and by the same
 * statement; contacts that are there already get theirs here, since the table refuses an address without a digest from then on,
 * and a withdrawal must never meet that refusal.
 */
export class AddressDigests1700000000005 implements MigrationInterface {
  readonly name = 'AddressDigests1700000000005';

  /** Needs MARKETING_INDEX_KEY when there are contacts. @throws ConfigurationError */
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      SET LOCAL statement_timeout = 0;
      ALTER TABLE contact ADD COLUMN email_digest bytea, ADD COLUMN phone_digest bytea;
      -- By which key they are made (a hash of it): another one would find nobody, and that must not look like an answer.
      CREATE TABLE address_key (
        only_row  boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        key_check bytea NOT NULL
      );
    `);
    const [held] = await runner.manager.query<unknown[]>('SELECT 1 FROM contact LIMIT 1');
    if (held !== undefined) {
      const { MARKETING_INDEX_KEY: key } = parseConfiguration('The environment of this migration', EnvironmentSchema, process.env);
      await digestAll(runner.manager, key);
    }
    await runner.query(`
      ALTER TABLE contact
        ADD CONSTRAINT contact_email_digested CHECK ((email IS NULL) = (email_digest IS NULL)),
        ADD CONSTRAINT contact_phone_digested CHECK ((phone IS NULL) = (phone_digest IS NULL));
      CREATE INDEX contact_email_digest ON contact (email_digest) WHERE email_digest IS NOT NULL;
      CREATE INDEX contact_phone_digest ON contact (phone_digest) WHERE phone_digest IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE contact DROP COLUMN email_digest, DROP COLUMN phone_digest;
      DROP TABLE address_key;
    `);
  }
}
