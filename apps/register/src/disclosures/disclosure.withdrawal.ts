import type { EntityManager } from 'typeorm';
import { runInTransaction } from '#database/statement.js';
import type { CustomerRow } from '../customers/customer.row.js';
import { hasLapsed, lapsedAt, lastSign, type RetainedPurpose } from '../retention/lapse.js';
import { RETENTION } from '../retention/retention-rules.js';
import { GRANTED_DISCLOSURES, RECORD_DISCLOSURE_CONSENT, WITHDRAW_DISCLOSURES } from './disclosures.sql.js';

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

/** Withdraws the consents to disclosures that have lapsed, each by the period of its purpose. Call under the customer's lock. Resolves to how many. */
export async function expireDisclosures(manager: EntityManager, customer: CustomerRow, purposes: readonly RetainedPurpose[], now: Date): Promise<number> {
  const granted = await runInTransaction<{ recipient: string; purpose: string; decidedAt: Date }>(manager, GRANTED_DISCLOSURES, [customer.id]);
  const signs = granted.map((consent) => ({ ...consent, sign: lastSign(customer.active_at, consent.decidedAt) }));
  const lapsed = signs.filter(({ purpose, sign }) => hasLapsed(purposes, purpose, sign, now));
  for (const { recipient, purpose, sign } of lapsed) {
    await runInTransaction(manager, RECORD_DISCLOSURE_CONSENT, [
      customer.id, recipient, purpose, 'withdrawn', lapsedAt(purposes, purpose, sign, now), true, null, null, null, null, 'expired', null, 'register', RETENTION,
    ]);
  }
  return lapsed.length;
}
