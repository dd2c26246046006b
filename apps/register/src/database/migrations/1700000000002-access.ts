import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who may call: signing keys of tokens, programs, staff, and the count of failed logins. */
export class Access1700000000002 implements MigrationInterface {
  readonly name = 'Access1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE signing_key (
        kid         text PRIMARY KEY,
        -- AES-256-GCM over the private JWK: nonce, cipher text, tag; bound to the kid.
        private_key bytea NOT NULL,
        public_jwk  jsonb NOT NULL,
        created_at  timestamptz NOT NULL DEFAULT now(),
        -- Published from its creation, signs from here on: caches have learnt it by then.
        signs_from  timestamptz NOT NULL,
        -- Verifies until here; then it is deleted. Null: in use.
        retires_at  timestamptz CHECK (retires_at > signs_from)
      );

      CREATE TABLE program (
        id          text PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9-]{1,62}$'),
        -- HMAC-SHA-256: the secret is random and long, so a slow hash would add nothing.
        secret_hash bytea NOT NULL,
        scopes      text[] NOT NULL,
        created_at  timestamptz NOT NULL DEFAULT now(),
        disabled_at timestamptz
      );

      CREATE TABLE staff (
        username      text PRIMARY KEY CHECK (username ~ '^[a-z0-9][a-z0-9._-]{1,62}$'),
        password_hash text NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
        roles         text[] NOT NULL,
        created_at    timestamptz NOT NULL DEFAULT now(),
        disabled_at   timestamptz
      );

      -- Keyed hashes of user names and addresses, so that the table tells nobody who tried.
      CREATE UNLOGGED TABLE login_failure (
        subject      bytea PRIMARY KEY,
        failures     integer NOT NULL,
        window_start timestamptz NOT NULL
      );
      CREATE INDEX login_failure_window ON login_failure (window_start);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE login_failure, staff, program, signing_key');
  }
}
