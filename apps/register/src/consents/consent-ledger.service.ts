import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CustomerRow } from '../customers/customer.row.js';
import { runInTransaction } from '#database/statement.js';
import { type Guarded, Suppressions } from '../suppression/suppressions.service.js';
import { concernsMarketing, markChanged } from '../sync/pending.js';
import { channelsOf } from '../sync/projection.js';
import { type JudgedRecord, RECORD_DECISIONS } from './consents.sql.js';

export interface LedgerEntry {
  readonly records: readonly JudgedRecord[];
  /** The objection that stands afterwards, unless a record lifts it. */
  readonly objectedAt: Date | null;
  /** When the person was active; null: this was not her doing. */
  readonly activeAt: string | null;
  /** Who took it; never the person's own id, which would live on in the list of suppressions. */
  readonly by: string;
}

/** The one way in which decisions come into force: proof, state, suppression and the mark for marketing, in one transaction. */
@Injectable()
export class ConsentLedger {
  constructor(private readonly suppressions: Suppressions) {}

  /** Resolves to the version afterwards. */
  async record(manager: EntityManager, customer: Guarded<CustomerRow>, { records, objectedAt, activeAt, by }: LedgerEntry): Promise<number> {
    const effective = records.filter((r) => r.in_effect);
    const consents = [...customer.consents.filter((c) => !effective.some((r) => r.purpose === c.purpose && r.channel === c.channel)), ...effective];
    const reopened = effective.filter((r) => r.lifts_suppression).map((r) => r.channel);
    await this.suppressions.reopen(manager, customer, reopened, by);
    const after = await this.suppressions.guardIn(manager, { ...customer, consents, objected_at: reopened.length > 0 ? null : objectedAt });
    const [before, channels] = [channelsOf(customer), channelsOf(after)];
    const known = concernsMarketing(customer.known_to_marketing, channels);
    const [row] = await runInTransaction<{ version: number }>(manager, RECORD_DECISIONS, [customer.id, JSON.stringify(records), known, after.objected_at, activeAt]);
    if (!row) return customer.version;
    const reason = after.objected_at ? 'objection' : 'consent';
    await markChanged(manager, { ref: customer.ref, version: row.version, before, after: channels, knownToMarketing: customer.known_to_marketing, reason });
    return row.version;
  }
}
