import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CustomerRow } from '../customers/customer.row.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { hasLapsed, lapsedAt, lastSign } from '../retention/lapse.js';
import { RETENTION } from '../retention/retention-rules.js';
import type { Guarded } from '../suppression/suppressions.service.js';
import { ConsentLedger } from './consent-ledger.service.js';
import type { JudgedRecord } from './consents.sql.js';

/**
 * Consents of those who gave no sign for the period of the purpose. Retention ends them day by day, and until it does they count, so that both sides
 * of the link see the same. But nothing that has lapsed comes into use: who changes what may wake a consent lets it lapse first.
 */
@Injectable()
export class LapsedConsents {
  constructor(
    private readonly ledger: ConsentLedger,
    @Inject(REGISTER_CONFIG) private readonly config: Pick<RegisterConfig, 'profile'>,
  ) {}

  /** Withdraws what has lapsed of a locked customer, as nobody's doing. Resolves to her as she is then: the same object when nothing has. */
  async expire(manager: EntityManager, customer: Guarded<CustomerRow>, now: Date): Promise<Guarded<CustomerRow>> {
    const { purposes } = this.config.profile;
    const records = customer.consents.flatMap(({ purpose, channel, decision, decided_at: decidedAt }): JudgedRecord[] => {
      const sign = lastSign(customer.active_at, new Date(decidedAt));
      if (decision !== 'granted' || !hasLapsed(purposes, purpose, sign, now)) return [];
      return [{
        purpose, channel, decision: 'withdrawn', decided_at: lapsedAt(purposes, purpose, sign, now).toISOString(),
        wording_id: null, wording_version: null, wording_language: null, wording_sha256: null,
        method: 'expired', form: null, source_system: 'register', actor: RETENTION, in_effect: true, lifts_suppression: false,
      }];
    });
    if (records.length === 0) return customer;
    const version = await this.ledger.record(manager, customer, { records, objectedAt: customer.objected_at, activeAt: null, by: RETENTION });
    const kept = customer.consents.filter((c) => !records.some((r) => r.purpose === c.purpose && r.channel === c.channel));
    return { ...customer, version, consents: [...kept, ...records] };
  }
}
