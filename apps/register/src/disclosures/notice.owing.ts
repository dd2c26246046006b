import type { EntityManager } from 'typeorm';
import { runInTransaction } from '#database/statement.js';
import { OWE_NOTICES } from './recipient-notices.sql.js';

/**
 * The one way for the other rooms: notes, in the transaction of the change, that recipients who got the person have to be told
 * (GDPR Art. 19). Erasures do the same in their own statement (erasure/erasure.sql.ts), where the disclosures go.
 * @param fields that were corrected; all that were disclosed when absent
 */
export async function oweNotices(manager: EntityManager, customerId: string, kind: 'correction' | 'restriction', fields?: readonly string[]): Promise<void> {
  await runInTransaction(manager, OWE_NOTICES, [customerId, kind, fields ?? null]);
}
