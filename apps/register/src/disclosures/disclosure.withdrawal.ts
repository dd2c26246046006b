import type { EntityManager } from 'typeorm';
import { runInTransaction } from '#database/statement.js';
import { WITHDRAW_DISCLOSURES } from './disclosures.sql.js';

export interface WithdrawalEvidence {
  readonly decidedAt: Date;
  readonly method: string;
  readonly form?: string | undefined;
  readonly sourceSystem: string;
}

/**
 * Withdraws every consent to disclosures: whoever stops everything stops these too. Call under the customer's lock.
 * @param givenBefore only those; all of them when absent
 */
export async function withdrawDisclosures(manager: EntityManager, customerId: string, evidence: WithdrawalEvidence, actor: string, givenBefore?: Date): Promise<void> {
  const { decidedAt, method, form, sourceSystem } = evidence;
  await runInTransaction(manager, WITHDRAW_DISCLOSURES, [customerId, decidedAt, method, form, sourceSystem, actor, givenBefore ?? 'infinity']);
}
