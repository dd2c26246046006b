import type { Statement } from '#database/statement.js';

export type AccountKind = 'staff' | 'program';

/** As LIST_ACCOUNTS selects it. */
export interface AccountRow {
  readonly kind: AccountKind;
  readonly name: string;
  /** Roles of staff, scopes of a program. */
  readonly may: string[];
  readonly version: number;
  readonly disabled_at: Date | null;
}

export const LIST_ACCOUNTS: Statement = {
  name: 'list-accounts',
  text: `
    SELECT 'staff' AS kind, username AS name, roles AS may, version::float8 AS version, disabled_at FROM staff
    UNION ALL SELECT 'program', id, scopes, version::float8, disabled_at FROM program ORDER BY kind DESC, name`,
};

/** $1 name, $2 least version. A trigger counts the change. */
export const DISABLE: Readonly<Record<AccountKind, Statement>> = {
  staff: {
    name: 'disable-staff',
    text: 'UPDATE staff SET disabled_at = coalesce(disabled_at, now()), version = greatest(version, $2) WHERE username = $1 RETURNING version::float8 AS version',
  },
  program: {
    name: 'disable-program',
    text: 'UPDATE program SET disabled_at = coalesce(disabled_at, now()), version = greatest(version, $2) WHERE id = $1 RETURNING version::float8 AS version',
  },
};

/** $1 name, $2 least version, $3 hash of a new password or secret, $4 roles or scopes, null: those that it has */
export const ENABLE: Readonly<Record<AccountKind, Statement>> = {
  staff: {
    name: 'enable-staff',
    text: `
      UPDATE staff SET disabled_at = NULL, password_hash = $3, roles = coalesce($4::text[], roles), version = greatest(version, $2) WHERE username = $1
      RETURNING roles AS may, version::float8 AS version`,
  },
  program: {
    name: 'enable-program',
    text: `
      UPDATE program SET disabled_at = NULL, secret_hash = $3, scopes = coalesce($4::text[], scopes), version = greatest(version, $2) WHERE id = $1
      RETURNING scopes AS may, version::float8 AS version`,
  },
};
