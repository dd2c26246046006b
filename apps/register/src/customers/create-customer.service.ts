import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { isDataError } from '#database/database-errors.js';
import { etagOf } from '#http/etag.js';
import { Failure } from '#http/failure.js';
import { GroupCommit } from '../database/group-commit.js';
import { runStatement } from '#database/statement.js';
import { IDEMPOTENCY_IN_PROGRESS } from '../idempotency/idempotency.errors.js';
import { IdempotentWrites } from '../idempotency/idempotent-writes.service.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { Relay } from '../sync/relay.js';
import { type CustomerDraft, CustomerDrafts, hex } from './customer-drafts.service.js';
import { EMAIL_TAKEN_ALREADY } from './customer.errors.js';
import type { CreateCustomer } from './customers.schemas.js';
import { CREATE_CUSTOMERS } from './customers.sql.js';

/** One element of CREATE_CUSTOMERS' parameter. */
interface NewCustomer extends CustomerDraft {
  readonly lock: string;
  readonly key_hash: string;
  readonly fingerprint: string;
  readonly answer: WriteAnswer;
}

interface CreateResult {
  readonly id: string;
  readonly held: boolean;
  readonly created: boolean;
  readonly fingerprint: Buffer | null;
  readonly answer: WriteAnswer | null;
}

/** More would not be quicker, and an undone commit would cost more requests. */
const MAX_TOGETHER = 50;
/** One is being committed while the next is gathered and sent. */
const LANES = 2;

/** Registers new customers: the busiest write, so those who come at the same time share one statement (see CREATE_CUSTOMERS). */
@Injectable()
export class CreateCustomerService {
  private readonly group: GroupCommit<NewCustomer, CreateResult>;

  constructor(
    dataSource: DataSource,
    private readonly writes: IdempotentWrites,
    private readonly drafts: CustomerDrafts,
    private readonly relay: Relay,
  ) {
    this.group = new GroupCommit({
      execute: (asked) => createTogether(dataSource, asked), isFaultOfOne: isDataError, maxItems: MAX_TOGETHER, lanes: LANES,
    });
  }

  /** @throws Failure for a taken email, an invalid consent, an unknown product group, or the idempotency failures */
  async create(write: WriteRequest, caller: Caller, body: CreateCustomer): Promise<WriteAnswer> {
    const draft = await this.drafts.draft(body, caller);
    const identity = this.writes.identify(write);
    const answer: WriteAnswer = { status: 201, body: { id: draft.id, version: 1 }, etag: etagOf(1), location: `/v1/customers/${draft.id}` };
    const result = await this.execute({ lock: identity.lock, key_hash: hex(identity.keyHash), fingerprint: hex(identity.fingerprint), answer, ...draft });
    if (result.created) {
      this.relay.wake();
      return answer;
    }
    if (!result.held) throw new Failure(IDEMPOTENCY_IN_PROGRESS, { retryAfterSeconds: 1 });
    if (result.fingerprint) return this.writes.replay(identity, { fingerprint: result.fingerprint, answer: result.answer });
    // The email may have been taken by this very request, committed after the statement's snapshot was taken.
    const remembered = await this.writes.find(identity);
    if (remembered) return this.writes.replay(identity, remembered);
    throw new Failure(EMAIL_TAKEN_ALREADY);
  }

  private async execute(customer: NewCustomer): Promise<CreateResult> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.group.run(customer);
      } catch (error) {
        // The same key was committed between the statement's snapshot and its lock: now it can be seen.
        if (attempt < 3 && (error as { constraint?: string }).constraint === 'idempotency_key_pkey') continue;
        throw error;
      }
    }
  }
}

async function createTogether(dataSource: DataSource, asked: readonly NewCustomer[]): Promise<CreateResult[]> {
  const rows = await runStatement<CreateResult>(dataSource, CREATE_CUSTOMERS, [JSON.stringify(asked)]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return asked.flatMap(({ id }) => byId.get(id) ?? []);
}
