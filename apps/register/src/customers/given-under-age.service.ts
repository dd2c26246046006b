import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { isValidForAge, ofAgeFrom } from '../consents/consent.js';
import { ConsentLedger } from '../consents/consent-ledger.service.js';
import type { JudgedRecord } from '../consents/consents.sql.js';
import { withdrawDisclosures } from '../disclosures/disclosure.withdrawal.js';
import type { Guarded } from '../suppression/suppressions.service.js';
import type { ConsentJson, CustomerRow } from './customer.row.js';

/** As whom these consents are withdrawn, and how: nobody has decided it. */
const BY = 'register';
const METHOD = 'under-age';

/**
 * Consents that were not valid when she gave them because she was taken for a child. A correction of her birth year, or its removal, must
 * not make them valid afterwards: a guardian may have withdrawn them, and that somebody asked a child was no less wrong.
 */
@Injectable()
export class GivenUnderAge {
  constructor(private readonly ledger: ConsentLedger) {}

  /** Withdraws those that the new birth year would revive, in the transaction that sets it. Resolves to the customer as she is then. */
  async withdraw(manager: EntityManager, customer: Guarded<CustomerRow>, birthYear: number | null, now: Date): Promise<Guarded<CustomerRow>> {
    const [was, becomes] = [ofAgeFrom(customer.birth_year), ofAgeFrom(birthYear)];
    if (!was || (becomes && becomes >= was)) return customer;
    const evidence = { decidedAt: now, method: METHOD, sourceSystem: BY };
    await withdrawDisclosures(manager, customer.id, evidence, BY, was);
    const records = customer.consents.filter((consent) => isRevived(consent, customer, birthYear)).map((consent): JudgedRecord => ({
      purpose: consent.purpose, channel: consent.channel, decision: 'withdrawn', decided_at: now.toISOString(),
      wording_id: null, wording_version: null, wording_language: null, wording_sha256: null,
      method: METHOD, form: null, source_system: BY, actor: BY, in_effect: true, lifts_suppression: false,
    }));
    if (records.length === 0) return customer;
    await this.ledger.record(manager, customer, { records, objectedAt: customer.objected_at, activeAt: null, by: BY });
    const kept = customer.consents.filter((c) => !records.some((r) => r.purpose === c.purpose && r.channel === c.channel));
    return { ...customer, consents: [...kept, ...records] };
  }
}

function isRevived({ decision, decided_at: at }: ConsentJson, { birth_year: was, guardian_at: guardianAt }: CustomerRow, birthYear: number | null): boolean {
  const decidedAt = new Date(at);
  return decision === 'granted' && !isValidForAge({ birthYear: was, guardianAt }, decidedAt) && isValidForAge({ birthYear, guardianAt }, decidedAt);
}
