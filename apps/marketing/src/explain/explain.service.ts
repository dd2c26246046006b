import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { FreshnessService } from '../audience/freshness.service.js';
import { resolveFilter } from '../audience/resolve-filter.js';
import { digestOf } from '../contacts/address-digests.js';
import { inTransaction } from '../database/transaction.js';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import type { Selection } from '../segments/selection.schemas.js';
import { SelectionService } from '../segments/selection.service.js';
import type { Explain, ExplainAddress, Explanation } from './explain.schemas.js';
import { explainPerson, holdOffErasure, recordPersonRead, type Sought } from './explain.sql.js';
import { partsOf } from './filter-parts.js';
import type { PersonRead } from '../reads/person-read.js';

/** Why a person is on a list, or is not. */
@Injectable()
export class ExplainService {
  constructor(
    private readonly database: DataSource,
    private readonly selections: SelectionService,
    private readonly gate: FreshnessService,
    @Inject(MARKETING_CONFIG) private readonly config: Pick<MarketingConfig, 'indexKey'>,
  ) {}

  /** @throws Failure those of a selection */
  byRef({ ref, ...selection }: Explain, read: PersonRead): Promise<Explanation> {
    return this.explain({ ref }, selection, read);
  }

  /** The address is digested at once, and goes no further. @throws Failure those of a selection */
  byAddress({ email, phone, ...selection }: ExplainAddress, read: PersonRead): Promise<Explanation> {
    const kind = email === undefined ? 'phone' : 'email';
    return this.explain({ kind, digest: digestOf(this.config.indexKey, kind, email ?? phone ?? '') }, selection, read);
  }

  private explain(sought: Sought, selection: Selection, read: PersonRead): Promise<Explanation> {
    return inTransaction(this.database, async (manager) => {
      await holdOffErasure(manager, sought);
      const { freshness, version, now } = await this.gate.judge(manager);
      const { channel, filter, condition, segment, snapshots } = await this.selections.resolve(manager, selection, now);
      const parts = partsOf(filter);
      const person = await explainPerson(
        manager, sought, channel, condition, parts.map((part) => resolveFilter(part.filter, { channel, now, snapshots })),
      );
      await recordPersonRead(manager, read, person?.ref);
      return {
        on: person?.on ?? false,
        held: person !== undefined,
        ...(person === undefined ? {} : { ref: person.ref }),
        channel,
        ...(segment === undefined ? {} : { segment }),
        conditions: person === undefined ? [] : parts.map(({ pointer }, nth) => ({ pointer, holds: person.holds[nth] === true })),
        asOf: freshness.asOf?.toISOString() ?? null, version, stale: !freshness.fresh,
      };
    });
  }
}
