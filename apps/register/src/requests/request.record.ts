import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { runInTransaction } from '#database/statement.js';
import { dueDate, finnishDay, MONTHS_TO_ANSWER } from './due-date.js';
import { CONTACT } from './request.row.js';
import { RECORD_ACT } from './requests.sql.js';
import type { RequestKind } from './requests.schemas.js';

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
export async function recordRequest(manager: EntityManager, customerId: string, kind: ActKind, caller: Caller, now = new Date()): Promise<void> {
  const receivedBy = caller.kind === 'staff' ? 'other' : 'self-service';
  const actor = caller.kind === 'customer' ? 'customer' : caller.subject;
  await runInTransaction(manager, RECORD_ACT, [
    randomUUID(), customerId, kind, now, receivedBy, dueDate(finnishDay(now), MONTHS_TO_ANSWER), CONTACT, recorderOf(caller), actor, caller.kind,
  ]);
}
