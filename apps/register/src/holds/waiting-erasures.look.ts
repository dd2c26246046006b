import type { EntityManager } from 'typeorm';
import { runInTransaction } from '#database/statement.js';
import { type HoldRow, LAST_REFUSED_ERASURE, READ_STANDING_ENTRIES } from './holds.sql.js';
import { judgeWaiting, type StandingEntry, type Waiting } from './waiting-erasures.js';

/** What waits for the end of this hold, as it stands now. Call under the customer's lock. */
export async function lookAtWaiting(manager: EntityManager, { customer_id: customerId, queued_ground: queued }: HoldRow): Promise<Waiting> {
  const entries = await runInTransaction<StandingEntry>(manager, READ_STANDING_ENTRIES, [customerId]);
  const [refused] = await runInTransaction<{ at: Date | null }>(manager, LAST_REFUSED_ERASURE, [customerId]);
  return judgeWaiting(queued, entries, refused?.at ?? null);
}
