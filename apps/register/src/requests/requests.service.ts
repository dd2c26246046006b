import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { runInTransaction } from '#database/statement.js';
import { Failure, type FailureDefinition, type FieldError } from '#http/failure.js';
import { INVALID_REQUEST } from '#http/http.errors.js';
import { lockCustomer } from '../customers/customer.lock.js';
import { KEEP_CUSTOMERS } from '../customers/customers.sql.js';
import { IdempotentWrites } from '../idempotency/idempotent-writes.service.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { actorOf, dueOnReceipt, newRequest } from './request.record.js';
import { CONTACT, type RequestRow, type TakenInRow } from './request.row.js';
import { decideIntake, type TakenIn } from './request-intake.js';
import { decideStep } from './request-steps.js';
import {
  ASSIGNEE_UNKNOWN, EXTENDED_ALREADY, REQUEST_CLOSED, REQUEST_NOT_FOUND, REQUEST_NOT_WAITING, TIME_IN_FUTURE, TOLD_BEFORE_REQUEST, TOLD_TOO_LATE, TOO_MANY_REQUESTS_OPEN,
} from './requests.errors.js';
import { FIND_HANDLER, LOCK_REQUEST, MOVE_REQUEST, OPEN_REQUEST, RECORD_STEP, REQUEST_OWNER, TAKEN_IN } from './requests.sql.js';
import type { CreateRequest, RequestStep } from './requests.schemas.js';

const REFUSALS = {
  closed: REQUEST_CLOSED, 'not-waiting': REQUEST_NOT_WAITING, 'extended-already': EXTENDED_ALREADY, 'told-too-late': TOLD_TOO_LATE,
  'told-in-future': TIME_IN_FUTURE, 'told-before-request': TOLD_BEFORE_REQUEST,
} as const satisfies Record<string, FailureDefinition>;

const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Requests of data subjects: taken in, and moved on step by step. */
@Injectable()
export class RequestsService {
  constructor(private readonly writes: IdempotentWrites) {}

  /** What asks for the same as an open request joins it. @throws Failure `customer-not-found`, `time-in-future`, `too-many-requests-open`, `invalid-request` for what only others than the customer may say */
  create(write: WriteRequest, caller: Caller, customerId: string, body: CreateRequest): Promise<WriteAnswer> {
    const now = new Date();
    const receivedAt = body.receivedAt ?? now;
    assertSource(caller, body);
    if (receivedAt.getTime() > now.getTime() + CLOCK_TOLERANCE_MS) throw new Failure(TIME_IN_FUTURE);
    return this.writes.run(write, async (manager) => {
      const { id: customer } = await lockCustomer(manager, customerId);
      const { kind, note = null } = body;
      // The person follows her requests where they are listed; the history is for those who handle it.
      const location = (id: string): string => (caller.kind === 'customer' ? `/v1/customers/${customer}/requests` : `/v1/requests/${id}`);
      const open = await runInTransaction<TakenInRow>(manager, TAKEN_IN, [customer, kind]);
      const intake = decideIntake(open.map(takenIn), { kind, receivedAt, actor: actorOf(caller), actorKind: caller.kind, note });
      if (intake.kind === 'too-many') throw new Failure(TOO_MANY_REQUESTS_OPEN);
      if (intake.kind === 'joins') {
        const { id, state, dueOn, assignee } = intake.request;
        if (intake.adds) await runInTransaction(manager, RECORD_STEP, [id, customer, actorOf(caller), caller.kind, 'received', assignee, null, null, null, note]);
        return { answer: { status: 200, body: { id, state, dueOn }, location: location(id) }, customerId: customer };
      }
      const id = randomUUID();
      const values = newRequest(id, { customerId: customer, kind, caller, receivedAt, receivedBy: body.receivedBy ?? 'self-service' });
      await runInTransaction(manager, OPEN_REQUEST, [...values, note, false]);
      return { answer: { status: 201, body: { id, state: 'open', dueOn: dueOnReceipt(receivedAt) }, location: location(id) }, customerId: customer };
    });
  }

  /** @throws Failure `request-not-found`, `request-closed`, `assignee-unknown`, or why the step cannot be taken */
  step(write: WriteRequest, caller: Caller, id: string, step: RequestStep): Promise<WriteAnswer> {
    return this.writes.run(write, async (manager) => {
      const request = await lockRequest(manager, id);
      const outcome = decideStep(
        { state: request.state, receivedAt: request.received_at, dueOn: request.due_on, extended: request.extension_reason !== null }, step, new Date(),
      );
      if (outcome.kind === 'refused') throw new Failure(REFUSALS[outcome.reason]);
      const assignee = step.step === 'assigned' ? await this.assignee(manager, step.assignee) : null;
      const extension = step.step === 'extended' ? step : undefined;
      const closing = outcome.state === 'done' ? 'carried-out' : step.step === 'refused' ? step.reason : null;
      await runInTransaction(manager, MOVE_REQUEST, [
        request.id, outcome.state, outcome.dueOn, assignee ?? request.assignee, extension?.reason ?? request.extension_reason,
        extension?.toldAt ?? request.extension_told_at, closing, closing === null ? null : new Date(),
      ]);
      const [reason, toldAt, toldBy] = 'toldAt' in step ? [step.reason, step.toldAt, step.toldBy] : [];
      await runInTransaction(manager, RECORD_STEP, [
        request.id, request.customer_id, caller.subject, caller.kind, step.step, assignee, reason, toldAt, toldBy, step.note,
      ]);
      return { answer: { status: 200, body: { id: request.id, state: outcome.state, dueOn: outcome.dueOn } }, customerId: request.customer_id };
    });
  }

  private async assignee(manager: EntityManager, username: string | null): Promise<string> {
    if (username === null) return CONTACT;
    const found = await runInTransaction(manager, FIND_HANDLER, [username]);
    if (found.length === 0) throw new Failure(ASSIGNEE_UNKNOWN);
    return username;
  }
}

/**
 * Locks the request, and before it the person, in the order in which an erasure does: a step written beside an erasure would
 * outlive it. A request whose person was erased has another id from then on.
 */
async function lockRequest(manager: EntityManager, id: string): Promise<RequestRow> {
  const [owner] = await runInTransaction<{ customer_id: string | null }>(manager, REQUEST_OWNER, [id]);
  if (!owner) throw new Failure(REQUEST_NOT_FOUND);
  if (owner.customer_id !== null) await runInTransaction(manager, KEEP_CUSTOMERS, [[owner.customer_id]]);
  const [request] = await runInTransaction<RequestRow>(manager, LOCK_REQUEST, [id]);
  if (!request) throw new Failure(REQUEST_NOT_FOUND);
  return request;
}

function takenIn(row: TakenInRow): TakenIn {
  const { id, state, due_on: dueOn, received_at: receivedAt, assignee, actor, actor_kind: actorKind, note } = row;
  return { id, state, dueOn, receivedAt, assignee, actor, actorKind, note };
}

/** A customer’s own request comes in now and by herself; everybody else says how it came. */
function assertSource(caller: Caller, { receivedAt, receivedBy }: CreateRequest): void {
  const errors: FieldError[] = [];
  if (caller.kind === 'customer') {
    if (receivedAt !== undefined) errors.push({ pointer: '#/receivedAt', code: 'not-allowed', detail: 'is set by the register' });
    if (receivedBy !== undefined) errors.push({ pointer: '#/receivedBy', code: 'not-allowed', detail: 'is set by the register' });
  } else if (receivedBy === undefined) errors.push({ pointer: '#/receivedBy', code: 'required', detail: 'is required' });
  if (errors.length > 0) throw new Failure(INVALID_REQUEST, { errors });
}
