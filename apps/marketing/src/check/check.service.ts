import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { FreshnessService } from '../audience/freshness.service.js';
import { type AddressKind, digestOf } from '../contacts/address-digests.js';
import { onOneSnapshot } from '../database/transaction.js';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import { ADDRESS_KIND, type Check, type CheckAnswer } from './check.schemas.js';
import { placesByDigest, placesByRef } from './check.sql.js';

/** Addresses digested before others get their turn: some 5 ms, or 20 ms of phones that are not in E.164. */
const DIGESTED_AT_ONCE = 500;
const NOBODY = Buffer.alloc(0);

/** Tells a mailing tool, right before it sends, whom it may write to. */
@Injectable()
export class CheckService {
  constructor(
    private readonly database: DataSource,
    private readonly gate: FreshnessService,
    @Inject(MARKETING_CONFIG) private readonly config: Pick<MarketingConfig, 'indexKey'>,
  ) {}

  /** @throws Failure `list-stale` */
  async check(check: Check): Promise<CheckAnswer> {
    const asked = await this.prepare(check);
    return onOneSnapshot(this.database, async (manager) => {
      const { freshness, version } = await this.gate.judge(manager);
      const asOf = this.gate.freshOrRefuse(freshness);
      const allowed = new Array<boolean>(asked.count).fill(false);
      for (const place of await asked.places(manager)) allowed[place - 1] = true;
      return { asOf, version, allowed };
    });
  }

  private async prepare({ channel, addresses = [], refs }: Check): Promise<{ count: number; places: (manager: EntityManager) => Promise<number[]> }> {
    const kind = ADDRESS_KIND[channel];
    if (refs !== undefined || kind === undefined) {
      const asked = refs ?? [];
      return { count: asked.length, places: (manager) => placesByRef(manager, channel, asked) };
    }
    const digests = await this.digest(kind, addresses);
    return { count: digests.length, places: (manager) => placesByDigest(manager, channel, kind, digests) };
  }

  private async digest(kind: AddressKind, addresses: readonly string[]): Promise<Buffer[]> {
    const digests: Buffer[] = [];
    for (const address of addresses) {
      if (digests.length % DIGESTED_AT_ONCE === DIGESTED_AT_ONCE - 1) await new Promise(setImmediate);
      digests.push(digestOf(this.config.indexKey, kind, address) ?? NOBODY);
    }
    return digests;
  }
}
