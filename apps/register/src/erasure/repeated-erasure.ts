import { createHmac } from 'node:crypto';
import type { WriteAnswer } from '../idempotency/write-request.js';

/**
 * Under what the answer to an erasure is remembered for whoever asks for it again: a keyed hash (HMAC-SHA-256, 32 bytes) of the customer id. It
 * tells the id to nobody who does not have it, and goes with the other remembered answers after a day.
 */
export function repeatHash(indexKey: Buffer, customerId: string): Buffer {
  return createHmac('sha256', indexKey).update(`erased\0${customerId.toLowerCase()}`).digest();
}

/** What an erasure answers, the first time and every other. */
export function receiptOf(caseId: string): WriteAnswer {
  return { status: 202, body: { caseId, state: 'waiting-for-marketing' }, location: `/v1/erasures/${caseId}` };
}
