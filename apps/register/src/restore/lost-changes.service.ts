import type { DataSource, EntityManager } from 'typeorm';
import { compareOrder } from '#contracts/order.js';
import type { Remembered } from '#contracts/remembered.v1.js';
import { runInTransaction, runStatement } from '#database/statement.js';
import type { ConsentLedger } from '../consents/consent-ledger.service.js';
import type { JudgedRecord } from '../consents/consents.sql.js';
import { withdrawDisclosures } from '../disclosures/disclosure.withdrawal.js';
import type { Suppressions } from '../suppression/suppressions.service.js';
import type { CustomerRow } from '../customers/customer.row.js';
import { READ_BUCKET } from '../customers/customers.sql.js';
import { channelsOf, MARKETING_PURPOSE } from '../sync/projection.js';
import { FIND_BEHIND, READ_RESTORED_EPOCH } from './restore.sql.js';

/** Stands in the records where a person's decision would stand. */
const BY = 'restore';

/** How many persons somebody else knew more of, and from how many of them a consent was taken. */
export interface TakenIn {
  readonly behind: number;
  readonly withdrawn: number;
  /** Of those: erased in marketing, and not by this register's log. Must be none. */
  readonly erased: number;
}

/**
 * What a restored register has lost, as far as somebody else shows it: marketing, or the database it replaces. Of a person whose order
 * there is newer than the one in the backup, something has changed that is gone: a grant that is not in force there may have been
 * withdrawn, restricted or objected to. So it is withdrawn here, and she may consent anew. The other way round nothing is taken over: a grant whose proof is lost
 * is none (GDPR Art. 7(1)).
 */
export class LostChanges {
  constructor(
    private readonly dataSource: DataSource,
    private readonly suppressions: Suppressions,
    private readonly ledger: ConsentLedger,
  ) {}

  /** What this database would tell marketing of everybody in a bucket of references, as marketing would remember it. */
  async remembered(bucket: number): Promise<Remembered[]> {
    const [link] = await runStatement<{ epoch: number }>(this.dataSource, READ_RESTORED_EPOCH, []);
    const prefix = bucket.toString(16).padStart(2, '0');
    const range = [`${prefix}000000-0000-0000-0000-000000000000`, `${prefix}ffffff-ffff-ffff-ffff-ffffffffffff`];
    const rows = await this.suppressions.guard(await runStatement<CustomerRow>(this.dataSource, READ_BUCKET, range));
    return rows.map((row) => ({ schema: 'remembered.v1', ref: row.ref, epoch: link?.epoch ?? 1, version: row.version, channels: channelsOf(row), erased: false }));
  }

  /** Before the epoch is raised; may be repeated. */
  takeIn(lines: readonly Remembered[], now: Date): Promise<TakenIn> {
    const byRef = newestOf(lines);
    return this.dataSource.transaction(async (manager) => {
      const behind = await runInTransaction<{ id: string; ref: string }>(manager, FIND_BEHIND, [JSON.stringify([...byRef.values()])]);
      let withdrawn = 0;
      for (const { id, ref } of behind) if (await this.withdrawLost(manager, id, byRef.get(ref)?.channels ?? [], now)) withdrawn += 1;
      return { behind: behind.length, withdrawn, erased: behind.filter(({ ref }) => byRef.get(ref)?.erased).length };
    });
  }

  private async withdrawLost(manager: EntityManager, id: string, held: Remembered['channels'], now: Date): Promise<boolean> {
    const customer = await this.suppressions.lock(manager, id);
    const lost = customer.consents.filter((c) => c.purpose === MARKETING_PURPOSE && c.decision === 'granted' && !held.includes(c.channel));
    if (lost.length === 0) return false;
    const records = lost.map(({ purpose, channel }): JudgedRecord => ({
      purpose, channel, decision: 'withdrawn', decided_at: now.toISOString(), wording_id: null, wording_version: null, wording_language: null, wording_sha256: null,
      method: 'lost-in-restore', form: null, source_system: 'register', actor: BY, in_effect: true, lifts_suppression: false,
    }));
    await this.ledger.record(manager, customer, { records, objectedAt: customer.objected_at, activeAt: null, by: BY });
    // What she did may have been to stop everything, and marketing knows nothing of disclosures.
    await withdrawDisclosures(manager, customer.id, { decidedAt: now, method: 'lost-in-restore', sourceSystem: 'register' }, BY);
    return true;
  }
}

/** One line of each person: the newest; of several that are equally new, what all of them say is in force. */
function newestOf(lines: readonly Remembered[]): Map<string, Remembered> {
  const newest = new Map<string, Remembered>();
  for (const line of lines) {
    const known = newest.get(line.ref);
    const order = known ? compareOrder(line, known) : 1;
    if (!known || order > 0) newest.set(line.ref, line);
    else if (order === 0) newest.set(line.ref, { ...known, channels: known.channels.filter((channel) => line.channels.includes(channel)), erased: known.erased || line.erased });
  }
  return newest;
}
