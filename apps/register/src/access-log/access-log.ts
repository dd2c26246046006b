import type { EntityManager } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { runInTransaction, type Statement } from '#database/statement.js';

/** $1 actor, $2 actor kind, $3 purpose, $4 route, $5 JSON array of {customer_id, fields} */
const RECORD_READ: Statement = {
  name: 'record-read',
  text: `
    INSERT INTO access_log (actor, actor_kind, purpose, route, customer_id, fields)
    SELECT $1, $2, $3, $4, r.customer_id, ARRAY(SELECT jsonb_array_elements_text(r.fields))
    FROM jsonb_to_recordset($5::jsonb) AS r(customer_id uuid, fields jsonb)`,
};

export interface ShownCustomer {
  readonly id: string;
  readonly fields: readonly string[];
}

/** Who reads, what for, and through which route (its pattern, never the address). */
export interface Reading {
  readonly caller: Caller;
  readonly purpose: string;
  readonly route: string;
}

/** Writes who was shown what of whom, in the transaction of the read: without the entry there is no answer (R10). */
export async function recordRead(manager: EntityManager, reading: Reading, shown: readonly ShownCustomer[]): Promise<void> {
  if (shown.length === 0) return;
  const rows = JSON.stringify(shown.map(({ id, fields }) => ({ customer_id: id, fields })));
  await runInTransaction(manager, RECORD_READ, [reading.caller.subject, reading.caller.kind, reading.purpose, reading.route, rows]);
}
