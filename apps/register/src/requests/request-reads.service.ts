import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { runInTransaction } from '#database/statement.js';
import { Failure } from '#http/failure.js';
import { BEFORE_ALL, cursorAfter } from '#http/query.schemas.js';
import type { Reading, ShownCustomer } from '../access-log/access-log.js';
import { Reader } from '../access-log/reader.service.js';
import { CUSTOMER_NOT_FOUND } from '../customers/customer.errors.js';
import { KEEP_CUSTOMERS } from '../customers/customers.sql.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { finnishDay } from './due-date.js';
import { addDays, type Day } from './finnish-holidays.js';
import { recorderOf } from './request.record.js';
import { ownViewOf, type RequestRow, requestViewOf, type StepRow } from './request.row.js';
import { REQUEST_NOT_FOUND } from './requests.errors.js';
import { LIST_REQUESTS, READ_REQUEST, READ_STEPS, REQUESTS_OF_CUSTOMER } from './requests.sql.js';
import type { ListRequests, OwnRequestView, RequestHistory, RequestPage } from './requests.schemas.js';

/** Reads of requests, each logged for the persons they are of. */
@Injectable()
export class RequestReads {
  constructor(
    private readonly reader: Reader,
    @Inject(REGISTER_CONFIG) private readonly config: RegisterConfig,
  ) {}

  /** In the order of due dates; the feed of what is late or due soon. */
  list(query: ListRequests, reading: Reading): Promise<RequestPage> {
    const today = finnishDay(new Date());
    const { position, id } = query.cursor ?? BEFORE_ALL;
    return this.reader.read(reading, async (manager) => {
      const rows = await runInTransaction<RequestRow>(manager, LIST_REQUESTS, [
        seesOnly(reading.caller), query.state, query.kind, lastDueDay(query, today), position, id, query.limit,
      ]);
      const { kept, shown } = await keep(manager, rows);
      const last = rows.at(-1);
      const next = rows.length === query.limit && last ? cursorAfter(last.due_on, last.id) : null;
      return { result: { requests: kept.map((row) => this.view(row, today)), next }, shown };
    });
  }

  /** @throws Failure `request-not-found` */
  find(id: string, reading: Reading): Promise<RequestHistory> {
    return this.reader.read(reading, async (manager) => {
      const { kept, shown } = await keep(manager, await runInTransaction<RequestRow>(manager, READ_REQUEST, [id, seesOnly(reading.caller)]));
      const [row] = kept;
      if (!row) throw new Failure(REQUEST_NOT_FOUND);
      const steps = await runInTransaction<StepRow>(manager, READ_STEPS, [row.id]);
      return { result: { ...this.view(row, finnishDay(new Date())), steps: steps.map(stepView) }, shown };
    });
  }

  /** @throws Failure `customer-not-found` */
  ofCustomer(id: string, reading: Reading): Promise<OwnRequestView[]> {
    return this.reader.read(reading, async (manager) => {
      const [customer] = await runInTransaction<{ id: string }>(manager, KEEP_CUSTOMERS, [[id]]);
      if (!customer) throw new Failure(CUSTOMER_NOT_FOUND);
      const only = reading.caller.kind === 'customer' ? null : seesOnly(reading.caller);
      const rows = await runInTransaction<RequestRow>(manager, REQUESTS_OF_CUSTOMER, [customer.id, only]);
      const today = finnishDay(new Date());
      return { result: rows.map((row) => ownViewOf(row, today)), shown: [{ id: customer.id, fields: ['requests'] }] };
    });
  }

  private view(row: RequestRow, today: Day): RequestPage['requests'][number] {
    return requestViewOf(row, today, this.config.profile.dataProtectionContact.name);
  }
}

/** Who may not move requests on sees only those that she recorded; null: all. */
function seesOnly(caller: Caller): string | null {
  return caller.scopes.includes('requests:write') ? null : recorderOf(caller);
}

function lastDueDay({ due, dueWithin }: ListRequests, today: Day): Day | null {
  if (due === 'late') return addDays(today, -1);
  return dueWithin === undefined ? null : addDays(today, dueWithin);
}

/** Keeps the persons from being erased until the read log has its entries; whoever was erased meanwhile is not shown. */
async function keep(manager: EntityManager, rows: readonly RequestRow[]): Promise<{ kept: RequestRow[]; shown: ShownCustomer[] }> {
  const ids = [...new Set(rows.flatMap(({ customer_id: id }) => id ?? []))];
  const held = ids.length === 0 ? [] : await runInTransaction<{ id: string }>(manager, KEEP_CUSTOMERS, [ids]);
  const present = new Set(held.map(({ id }) => id));
  return {
    kept: rows.filter(({ customer_id: id }) => id === null || present.has(id)),
    shown: [...present].map((id) => ({ id, fields: ['requests'] })),
  };
}

function stepView(row: StepRow): RequestHistory['steps'][number] {
  return {
    at: row.at.toISOString(), step: row.step, actor: row.actor, assignee: row.assignee, reason: row.reason,
    toldAt: row.told_at?.toISOString() ?? null, toldBy: row.told_by, note: row.note,
  };
}
