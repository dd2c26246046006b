import type { EntityManager } from 'typeorm';
import type { Pulse } from '#contracts/pulse.js';
import { runInTransaction, type Statement } from '#database/statement.js';
import { beginResync } from './resync.js';

const READ_LINK: Statement = { name: 'read-link', text: 'SELECT marketing_epoch, marketing_heard_at FROM link_state' };
const LOCK_LINK: Statement = { name: 'lock-link', text: 'SELECT marketing_epoch, marketing_heard_at FROM link_state FOR UPDATE' };
const ADOPT: Statement = { name: 'adopt-marketing-epoch', text: 'UPDATE link_state SET marketing_epoch = $1, marketing_heard_at = $2' };
/** $1 an epoch that was spoken of before */
const TAKE_ALONG: Statement = {
  name: 'take-pulses-along',
  text: 'UPDATE marketing_pulse SET marketing_epoch = $1 WHERE EXISTS (SELECT 1 FROM marketing_pulse WHERE marketing_epoch = $1)',
};
/** $1 instance, $2 marketing epoch, $3 count */
const NOTE_PULSE: Statement = {
  name: 'note-marketing-pulse',
  text: `
    INSERT INTO marketing_pulse AS p (instance, marketing_epoch, count, heard_at) VALUES ($1, $2, $3, clock_timestamp())
    ON CONFLICT (instance) DO UPDATE SET count = greatest(p.count, excluded.count), heard_at = excluded.heard_at`,
};

interface LinkRow {
  readonly marketing_epoch: string | null;
  readonly marketing_heard_at: Date;
}

/**
 * Learns that marketing is another incarnation (a new or restored database): from this commit on W stands at 1970, so lists
 * stay closed until everything was marked and has been answered. A message of a former incarnation, older than the
 * adoption, counts for nothing. One that is newer comes of a database that was put back to before its epoch was raised: what the later
 * incarnations had counted is held out to it as its own, so that it finds out.
 */
export async function adoptMarketingEpoch(manager: EntityManager, epoch: string, saidAt: string): Promise<'current' | 'adopted' | 'former'> {
  const [seen] = await runInTransaction<LinkRow>(manager, READ_LINK, []);
  if (seen?.marketing_epoch === epoch) return 'current';
  const [link] = await runInTransaction<LinkRow>(manager, LOCK_LINK, []);
  if (link?.marketing_epoch === epoch) return 'current';
  if (link?.marketing_epoch && new Date(saidAt) <= link.marketing_heard_at) return 'former';
  await runInTransaction(manager, ADOPT, [epoch, saidAt]);
  await runInTransaction(manager, TAKE_ALONG, [epoch]);
  await beginResync(manager);
  return 'adopted';
}

/** Keeps the most that a process of marketing has said it had counted, to be repeated with each watermark; in the transaction that clears what it answered. */
export async function notePulse(manager: EntityManager, epoch: string, { instance, count }: Pulse): Promise<void> {
  await runInTransaction(manager, NOTE_PULSE, [instance, epoch, count]);
}
