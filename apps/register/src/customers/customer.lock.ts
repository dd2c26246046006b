import type { EntityManager } from 'typeorm';
import { Failure } from '#http/failure.js';
import { runInTransaction } from '#database/statement.js';
import { CUSTOMER_NOT_FOUND } from './customer.errors.js';
import type { CustomerRow } from './customer.row.js';
import { LOCK_CUSTOMER, READ_CUSTOMER } from './customers.sql.js';

/**
 * Locks the customer until the transaction ends: every change of a person, of her consents and of her states
 * goes through this lock, so that versions count them in the order of their commits.
 * @throws Failure `customer-not-found`
 */
export async function lockCustomer(manager: EntityManager, id: string): Promise<CustomerRow> {
  await runInTransaction(manager, LOCK_CUSTOMER, [id]);
  // A statement of its own: its snapshot is taken under the lock, so that the consents are those that are in force.
  const [row] = await runInTransaction<CustomerRow>(manager, READ_CUSTOMER, [id]);
  if (!row) throw new Failure(CUSTOMER_NOT_FOUND);
  return row;
}
