import { compareOrder } from '#contracts/order.js';
import type { Projection } from '#contracts/projection.v1.js';
import { type ContactRow, toContactRow } from '../contacts/contact-row.js';
import type { Stored } from '../intake/contact-change.js';

/** What a pulled projection does to a reference. */
export type Pulled =
  /** Erased meanwhile, never asked for, or older than what is known by now: nothing. */
  | { readonly kind: 'ignore' }
  /** The register grants no channel (any more). */
  | { readonly kind: 'drop' }
  | { readonly kind: 'store'; readonly row: ContactRow };

/** Decides by the projection's own order: it was read after we asked, so it may well be newer than what we waited for. */
export function decidePulled(stored: Stored | undefined, projection: Projection): Pulled {
  if (stored === undefined || stored.erased) return { kind: 'ignore' };
  const news = compareOrder(projection, stored);
  if (news < 0 || (news === 0 && !stored.awaitingData)) return { kind: 'ignore' };
  const row = toContactRow(projection);
  return row === undefined ? { kind: 'drop' } : { kind: 'store', row };
}
