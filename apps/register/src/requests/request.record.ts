import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { runInTransaction } from '#database/statement.js';
import { dueDate, finnishDay, MONTHS_TO_ANSWER } from './due-date.js';
import type { Day } from './finnish-holidays.js';
import { CONTACT } from './request.row.js';
import { OPEN_REQUEST, RECORD_ACTS } from './requests.sql.js';
import type { ReceivedBy, RequestKind } from './requests.schemas.js';

/** Rights that are exercised by the very call: there is nothing left to handle. */
export type ActKind = Extract<RequestKind, 'erasure' | 'objection' | 'restriction'>;

/** Who recorded a request, as it is stored: of customers only that it was the person herself. */
export function recorderOf(caller: Pick<Caller, 'kind' | 'subject'>): string {
  return caller.kind === 'customer' ? 'customer' : `${caller.kind}:${caller.subject}`;
}

/**
 * The one way for the other rooms: notes, in the transaction of the act, that a person's right was exercised by it. Open requests
 * of the kind are closed as carried out; when there is none, one is recorded that was received and carried out now.
 * Call under the customer's lock; for an erasure before the rows go, so that the request is unlinked with them.
 */
export function recordRequest(manager: EntityManager, customerId: string, kind: ActKind, caller: Caller, now = new Date()): Promise<void> {
  return recordRequests(manager, [customerId], kind, caller, now);
}

/** As `recordRequest`, of many customers at once. */
export async function recordRequests(manager: EntityManager, customerIds: readonly string[], kind: ActKind, caller: Caller, now = new Date()): Promise<void> {
  const [, , ...shared] = newRequest('', { customerId: '', kind, caller, receivedAt: now, receivedBy: wayOf(caller) });
  await runInTransaction(manager, RECORD_ACTS, [customerIds.map(() => randomUUID()), customerIds, ...shared]);
}

/** A right called on that cannot be carried out yet: the request stays open, and is due like every other. */
export async function recordPending(manager: EntityManager, customerId: string, kind: ActKind, caller: Caller, now = new Date()): Promise<void> {
  const values = newRequest(randomUUID(), { customerId, kind, caller, receivedAt: now, receivedBy: wayOf(caller) });
  await runInTransaction(manager, OPEN_REQUEST, [...values, null, true]);
}

export interface NewRequest {
  readonly customerId: string;
  readonly kind: RequestKind;
  readonly caller: Caller;
  readonly receivedAt: Date;
  readonly receivedBy: ReceivedBy;
}

/** When a request of that receipt is due. */
export function dueOnReceipt(receivedAt: Date): Day {
  return dueDate(finnishDay(receivedAt), MONTHS_TO_ANSWER);
}

/** Who takes a step, as it is stored beside the kind. */
export function actorOf(caller: Pick<Caller, 'kind' | 'subject'>): string {
  return caller.kind === 'customer' ? 'customer' : caller.subject;
}

/** The first ten parameters of OPEN_REQUEST; RECORD_ACTS takes many ids and customers in place of the first two. */
export function newRequest(id: string, { customerId, kind, caller, receivedAt, receivedBy }: NewRequest): unknown[] {
  return [id, customerId, kind, receivedAt, receivedBy, dueOnReceipt(receivedAt), CONTACT, recorderOf(caller), actorOf(caller), caller.kind];
}

function wayOf(caller: Caller): ReceivedBy {
  return caller.kind === 'staff' ? 'other' : 'self-service';
}
