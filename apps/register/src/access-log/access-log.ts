import type { EntityManager } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { runInTransaction, type Statement } from '#database/statement.js';
import { Failure } from '#http/failure.js';
import { CUSTOMER_NOT_FOUND } from '../customers/customer.errors.js';

/**
 * Only of those who are still there, in the order of ids, and they stay until the transaction ends: an entry written beside an erasure
 * would outlive it. LATERAL … LIMIT stays an index lookup also in a plan that was made when the table was empty.
 * $1 actor, $2 actor kind, $3 purpose, $4 route, $5 JSON array of {customer_id, fields}
 */
const RECORD_READ: Statement = {
  name: 'record-read',
  text: `
    INSERT INTO access_log (actor, actor_kind, purpose, route, customer_id, fields)
    SELECT $1, $2, $3, $4, r.customer_id, ARRAY(SELECT jsonb_array_elements_text(r.fields))
    FROM (SELECT * FROM jsonb_to_recordset($5::jsonb) AS asked(customer_id uuid, fields jsonb) ORDER BY customer_id) AS r
    CROSS JOIN LATERAL (SELECT FROM customer c WHERE c.id = r.customer_id LIMIT 1 FOR KEY SHARE) AS kept
    RETURNING 1`,
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

/** Somebody was erased between the read and its entry. */
export class ErasedMeanwhile extends Failure {
  constructor() {
    super(CUSTOMER_NOT_FOUND);
  }
}

/** Writes who was shown what of whom, in the transaction of the read: without the entry there is no answer (R10). @throws ErasedMeanwhile */
export async function recordRead(manager: EntityManager, reading: Reading, shown: readonly ShownCustomer[]): Promise<void> {
  if (shown.length === 0) return;
  const rows = JSON.stringify(shown.map(({ id, fields }) => ({ customer_id: id, fields })));
  const written = await runInTransaction(manager, RECORD_READ, [reading.caller.subject, reading.caller.kind, reading.purpose, reading.route, rows]);
  if (written.length < shown.length) throw new ErasedMeanwhile();
}
