import type { EntityManager } from 'typeorm';
import { runInTransaction, type Statement } from '#database/statement.js';
import { beginResync } from './resync.js';

const READ_LINK: Statement = { name: 'read-link', text: 'SELECT marketing_epoch, marketing_heard_at FROM link_state' };
const LOCK_LINK: Statement = { name: 'lock-link', text: 'SELECT marketing_epoch, marketing_heard_at FROM link_state FOR UPDATE' };
const ADOPT: Statement = { name: 'adopt-marketing-epoch', text: 'UPDATE link_state SET marketing_epoch = $1, marketing_heard_at = $2' };

interface LinkRow {
  readonly marketing_epoch: string | null;
  readonly marketing_heard_at: Date;
}

/**
 * Learns that marketing is another incarnation (a new or restored database): from this commit on W stands at 1970, so lists
 * stay closed until everything was marked and has been answered. A message of a former incarnation, older than the
 * adoption, counts for nothing.
 */
export async function adoptMarketingEpoch(manager: EntityManager, epoch: string, saidAt: string): Promise<'current' | 'adopted' | 'former'> {
  const [seen] = await runInTransaction<LinkRow>(manager, READ_LINK, []);
  if (seen?.marketing_epoch === epoch) return 'current';
  const [link] = await runInTransaction<LinkRow>(manager, LOCK_LINK, []);
  if (link?.marketing_epoch === epoch) return 'current';
  if (link?.marketing_epoch && new Date(saidAt) <= link.marketing_heard_at) return 'former';
  await runInTransaction(manager, ADOPT, [epoch, saidAt]);
  await beginResync(manager);
  return 'adopted';
}
