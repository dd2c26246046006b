import type { Statement } from '#database/statement.js';
import { type TableAnnotation, type Tie, toldColumns } from '../personal-data/annotation.js';
import { PERSONAL_DATA, PERSONAL_TABLES, type PersonalTable } from '../personal-data/tables.js';

/** $1 customer, $2 keyed hashes of her addresses */
const TIES: Readonly<Record<Tie, string>> = {
  customer: 'id = $1',
  customer_id: 'customer_id = $1',
  ref: 'ref = (SELECT ref FROM customer WHERE id = $1)',
  disclosure_id: 'disclosure_id IN (SELECT id FROM disclosure WHERE customer_id = $1)',
  digest: 'digest = ANY($2::bytea[])',
};

/** Beside an actor, where the table says which kind of caller it was: not told itself. */
export const ACTOR_KIND = 'actorKind';

function rowsOf(table: PersonalTable): string {
  const { columns, tie, order, name }: TableAnnotation = PERSONAL_DATA[table];
  const told = toldColumns(PERSONAL_DATA[table]).map(({ column, name: as, told: { unless } }) => `${unless ? `CASE WHEN ${unless.condition} THEN NULL ELSE ${column} END` : column} AS "${as}"`);
  const kind = 'actor_kind' in columns ? [`actor_kind AS "${ACTOR_KIND}"`] : [];
  return `(SELECT coalesce(json_agg(t), '[]') FROM (SELECT ${[...told, ...kind].join(', ')} FROM ${table} WHERE ${TIES[tie]} ORDER BY ${order}) AS t) AS "${name}"`;
}

/** Every told column of every row that is hers, of one moment: one statement sees one snapshot. $1, $2 as in TIES */
export const READ_EVERYTHING: Statement = { name: 'read-everything', replan: true, text: `SELECT ${PERSONAL_TABLES.map(rowsOf).join(',\n  ')}` };

/** The texts that her decisions were made on, as they were shown. $1 customer */
export const READ_WORDINGS: Statement = {
  name: 'read-wordings-of-customer',
  replan: true,
  text: `
    SELECT w.id, w.version, w.language, w.purpose, w.sha256, w.text FROM wording w
    WHERE (w.id, w.version, w.language) IN (
      SELECT wording_id, wording_version, wording_language FROM consent_record WHERE customer_id = $1
      UNION SELECT wording_id, wording_version, wording_language FROM guardian_consent WHERE customer_id = $1
      UNION SELECT wording_id, wording_version, wording_language FROM disclosure_consent_record WHERE customer_id = $1)
    ORDER BY w.id, w.version, w.language`,
};

/** Which of these names are of programs, and which of employees, in which roles. $1 names */
export const READ_ACTORS: Statement = {
  name: 'read-actors',
  text: `
    SELECT 'program' AS kind, id AS name, '{}'::text[] AS roles FROM program WHERE id = ANY($1::text[])
    UNION ALL SELECT 'staff', username, roles FROM staff WHERE username = ANY($1::text[]) ORDER BY kind`,
};
