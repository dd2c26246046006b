import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Caller } from '#auth/access.js';
import { isDataError } from '#database/database-errors.js';
import { etagOf } from '#http/etag.js';
import { Failure } from '#http/failure.js';
import { isProvenByHerself } from '../consents/consent.js';
import { ConsentRules } from '../consents/consent-rules.service.js';
import { PUBLIC_SOURCE_CONSENT } from '../consents/consents.errors.js';
import type { ConsentRecordRow } from '../consents/consents.sql.js';
import { GroupCommit } from '../database/group-commit.js';
import { runStatement } from '#database/statement.js';
import { IDEMPOTENCY_IN_PROGRESS } from '../idempotency/idempotency.errors.js';
import { IdempotentWrites } from '../idempotency/idempotent-writes.service.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { NOTHING_CLOSED } from '../suppression/closure.js';
import { Suppressions } from '../suppression/suppressions.service.js';
import { channelsOf, MARKETING_PURPOSE } from '../sync/projection.js';
import { Relay } from '../sync/relay.js';
import { changesOf, type CustomerFields, NO_FIELDS } from './customer-fields.js';
import { EMAIL_TAKEN_ALREADY } from './customer.errors.js';
import type { CreateCustomer } from './customers.schemas.js';
import { CustomersService } from './customers.service.js';
import { CREATE_CUSTOMERS } from './customers.sql.js';
import { originOf, type Provenance, withOrigins } from './provenance.js';

type NewDecision = ConsentRecordRow & {
  /** Whether marketing might use it, were no address suppressed. */
  readonly is_usable: boolean;
  readonly is_proven: boolean;
  /** By which suppression a marketing grant is judged. */
  readonly closure_digest: string | null;
};

/** One element of CREATE_CUSTOMERS' parameter: columns of `customer`, and what goes with her. Byte strings in PostgreSQL's hex form. */
interface NewCustomer extends CustomerFields {
  readonly lock: string;
  readonly key_hash: string;
  readonly fingerprint: string;
  readonly answer: WriteAnswer;
  readonly id: string;
  readonly ref: string;
  /** When she was last heard of; null: now. */
  readonly active_at: string | null;
  readonly email_index: string | null;
  readonly phone_index: string | null;
  readonly provenance: Provenance;
  readonly decisions: readonly NewDecision[];
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
    private readonly customers: CustomersService,
    private readonly rules: ConsentRules,
    private readonly suppressions: Suppressions,
    private readonly relay: Relay,
  ) {
    this.group = new GroupCommit({
      execute: (asked) => createTogether(dataSource, asked), isFaultOfOne: isDataError, maxItems: MAX_TOGETHER, lanes: LANES,
    });
  }

  /** @throws Failure for a taken email, an invalid consent, an unknown product group, or the idempotency failures */
  async create(write: WriteRequest, caller: Caller, body: CreateCustomer): Promise<WriteAnswer> {
    this.customers.assertInterests(body.interests);
    if (body.source.kind === 'public' && body.consents.length > 0) throw new Failure(PUBLIC_SOURCE_CONSENT);
    const now = this.rules.now();
    const changes = changesOf(body);
    const fields = { ...NO_FIELDS, ...changes.values };
    // What is suppressed is known in the statement only; guardians are recorded of those who are there already.
    const standing = { birthYear: fields.birth_year, guardianAt: null, restrictedAt: null, endedAt: null, closures: [] };
    for (const [i, consent] of body.consents.entries()) await this.rules.assertAcceptable(consent, consent, standing, caller, `#/consents/${i}`, now);

    const decisions = this.decisionsOf(body, fields, caller);
    const id = uuidv7();
    const identity = this.writes.identify(write);
    const answer: WriteAnswer = { status: 201, body: { id, version: 1 }, etag: etagOf(1), location: `/v1/customers/${id}` };
    const result = await this.execute({
      ...fields, id, ref: randomUUID(), lock: identity.lock, key_hash: hex(identity.keyHash), fingerprint: hex(identity.fingerprint), answer,
      active_at: body.source.kind === 'customer' ? null : latest(decisions), decisions,
      email_index: hex(this.customers.emailIndex(fields.email)), phone_index: hex(this.customers.phoneIndex(fields.phone)),
      provenance: withOrigins({}, changes.set, [], originOf(body.source, caller.subject, now)),
    });
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

  private decisionsOf(body: CreateCustomer, fields: CustomerFields, caller: Caller): NewDecision[] {
    const records = body.consents.map((consent) => this.rules.recordOf(consent, consent, caller));
    const person = { ...fields, guardian_at: null, restricted_at: null, objected_at: null, ended_at: null, closures: NOTHING_CLOSED, consents: records };
    const channels = channelsOf(person);
    return records.map((record) => {
      const isMarketing = record.purpose === MARKETING_PURPOSE && record.decision === 'granted';
      return {
        ...record, is_usable: isMarketing && channels.includes(record.channel), is_proven: isProvenByHerself(caller.kind, record.method),
        closure_digest: isMarketing ? hex(this.suppressions.digestFor(record.channel, fields)) : null,
      };
    });
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

function latest(decisions: readonly NewDecision[]): string | null {
  return decisions.map((decision) => decision.decided_at).sort().at(-1) ?? null;
}

function hex(bytes: Buffer): string;
function hex(bytes: Buffer | null): string | null;
function hex(bytes: Buffer | null): string | null {
  return bytes && `\\x${bytes.toString('hex')}`;
}
