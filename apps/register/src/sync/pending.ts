import type { EntityManager } from 'typeorm';
import type { Channel } from '#contracts/channel.js';
import type { ConsentChanged } from '#contracts/consent-changed.v1.js';
import { runInTransaction } from '#database/statement.js';
import { MARK_ERASED, MARK_PENDING } from './sync.sql.js';

/** Order of sending: what is taken away goes before what is added. */
export const URGENCY = { erased: 0, removal: 1, change: 2 } as const;

export interface CustomerChange {
  readonly ref: string;
  /** The version after the change. */
  readonly version: number;
  /** Usable channels before and after. */
  readonly before: readonly Channel[];
  readonly after: readonly Channel[];
  readonly knownToMarketing: boolean;
  readonly reason: Exclude<ConsentChanged['reason'], 'erasure' | 'resync'>;
}

/** Whether marketing hears of a customer: when it was ever told of her, or may hold her now. */
export function concernsMarketing(knownToMarketing: boolean, after: readonly Channel[]): boolean {
  return knownToMarketing || after.length > 0;
}

/**
 * The one way from the features into the sync: marks a changed customer in the business transaction.
 * Someone marketing was never told of, and may not hold, is not mentioned to it at all.
 */
export async function markChanged(manager: EntityManager, change: CustomerChange): Promise<void> {
  if (!concernsMarketing(change.knownToMarketing, change.after)) return;
  const shrank = change.before.some((channel) => !change.after.includes(channel)) || change.after.length === 0;
  const urgency = shrank ? URGENCY.removal : URGENCY.change;
  await runInTransaction(manager, MARK_PENDING, [change.ref, change.version, false, urgency, change.reason]);
}

/** Marks erased customers; marketing is always asked, so that its answer can stand in the certificate. */
export async function markErased(manager: EntityManager, erased: readonly { readonly ref: string; readonly version: number }[]): Promise<void> {
  await runInTransaction(manager, MARK_ERASED, [erased.map(({ ref }) => ref), erased.map(({ version }) => version)]);
}
