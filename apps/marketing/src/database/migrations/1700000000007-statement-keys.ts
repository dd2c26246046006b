import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The public keys by which statements can be verified, also after another key has taken over. */
export class StatementKeys1700000000007 implements MigrationInterface {
  readonly name = 'StatementKeys1700000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE statement_key (
        -- The thumbprint of the key (RFC 7638).
        kid           text PRIMARY KEY,
        -- The point on the curve P-256, its coordinates in base64url.
        x             text NOT NULL,
        y             text NOT NULL,
        first_used_at timestamptz NOT NULL DEFAULT now()
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE statement_key');
  }
}
