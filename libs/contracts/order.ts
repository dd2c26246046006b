import { z } from 'zod';

/**
 * Where a change stands in the order of one customer's changes.
 * `epoch`: incarnation of the register's database, raised on every restore.
 * `version`: counts the changes of that customer; starts at 1.
 */
export const OrderSchema = z.object({
  epoch: z.int().positive(),
  version: z.int().positive(),
});
export type Order = z.infer<typeof OrderSchema>;

/** Negative when `a` is older than `b`, 0 when equal, positive when newer: epoch first, then version. */
export function compareOrder(a: Order, b: Order): number {
  return a.epoch - b.epoch || a.version - b.version;
}

/** Pseudonymous reference (UUID v4) of one customer, used between the two services and nowhere else. */
export const RefSchema = z.uuid();
