import { z } from 'zod';
import { type ConsentChanged, ConsentChangedSchema } from '#contracts/consent-changed.v1.js';
import { RefSchema } from '#contracts/order.js';

/** A message as it came, read or not. `content` is kept for the case that it has to be parked. */
export type Delivered =
  | { readonly kind: 'read'; readonly content: Buffer; readonly message: ConsentChanged }
  | { readonly kind: 'unreadable'; readonly content: Buffer; readonly ref: string | null; readonly reason: 'not-json' | 'not-as-agreed' };

const WithRefSchema = z.object({ ref: RefSchema });

/** Reads one message; where it does not fit the contract, at least whom it was about, if that can be told. */
export function readDelivered(content: Buffer): Delivered {
  let value: unknown;
  try {
    value = JSON.parse(content.toString('utf8'));
  } catch {
    return { kind: 'unreadable', content, ref: null, reason: 'not-json' };
  }
  const message = ConsentChangedSchema.safeParse(value);
  if (message.success) return { kind: 'read', content, message: message.data };
  const about = WithRefSchema.safeParse(value);
  return { kind: 'unreadable', content, ref: about.success ? about.data.ref : null, reason: 'not-as-agreed' };
}
