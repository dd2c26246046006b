import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Caller } from '#auth/access.js';
import { etagOf } from '#http/etag.js';
import { Failure } from '#http/failure.js';
import { ConsentRules } from '../consents/consent-rules.service.js';
import { PUBLIC_SOURCE_CONSENT } from '../consents/consents.errors.js';
import { runStatement } from '../database/statement.js';
import { IDEMPOTENCY_IN_PROGRESS } from '../idempotency/idempotency.errors.js';
import { IdempotentWrites } from '../idempotency/idempotent-writes.service.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { channelsOf } from '../sync/projection.js';
import { Relay } from '../sync/relay.js';
import { changesOf, NO_FIELDS } from './customer-fields.js';
import { EMAIL_TAKEN_ALREADY } from './customer.errors.js';
import type { CreateCustomer } from './customers.schemas.js';
import { CustomersService } from './customers.service.js';
import { CREATE_CUSTOMER } from './customers.sql.js';
import { originOf, withOrigins } from './provenance.js';

interface CreateResult {
  readonly held: boolean;
  readonly created: boolean;
  readonly fingerprint: Buffer | null;
  readonly answer: WriteAnswer | null;
}

/** Registers a new customer: the busiest write, so it is one statement (see CREATE_CUSTOMER). */
@Injectable()
export class CreateCustomerService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writes: IdempotentWrites,
    private readonly customers: CustomersService,
    private readonly rules: ConsentRules,
    private readonly relay: Relay,
  ) {}

  /** @throws Failure for a taken email, an invalid consent, an unknown product group, or the idempotency failures */
  async create(write: WriteRequest, caller: Caller, body: CreateCustomer): Promise<WriteAnswer> {
    this.customers.assertInterests(body.interests);
    if (body.source.kind === 'public' && body.consents.length > 0) throw new Failure(PUBLIC_SOURCE_CONSENT);
    const now = this.rules.now();
    const changes = changesOf(body);
    const fields = { ...NO_FIELDS, ...changes.values };
    const standing = { birthYear: fields.birth_year, restrictedAt: null, endedAt: null };
    for (const [i, consent] of body.consents.entries()) await this.rules.assertAcceptable(consent, standing, `#/consents/${i}`, now);

    const decisions = body.consents.map((consent) => this.rules.recordOf(consent, consent, caller));
    const person = { ...fields, restricted_at: null, objected_at: null, ended_at: null, consents: decisions };
    const id = uuidv7();
    const identity = this.writes.identify(write);
    const answer: WriteAnswer = { status: 201, body: { id, version: 1 }, etag: etagOf(1), location: `/v1/customers/${id}` };
    const values = [
      identity.lock, identity.keyHash, identity.fingerprint, JSON.stringify(answer), id, randomUUID(), channelsOf(person).length > 0,
      fields.first_name, fields.last_name, fields.email, this.customers.emailIndex(fields.email), fields.phone, this.customers.phoneIndex(fields.phone),
      fields.street_address, fields.postal_code, fields.city, fields.country, fields.language, fields.birth_year, fields.occupation, fields.interests,
      JSON.stringify(withOrigins({}, changes.set, [], originOf(body.source, caller.subject, now))), JSON.stringify(decisions),
    ];
    const result = await this.execute(values);
    if (result.created) {
      this.relay.wake();
      return answer;
    }
    if (!result.held) throw new Failure(IDEMPOTENCY_IN_PROGRESS, { retryAfterSeconds: 1 });
    if (result.fingerprint) return this.writes.replay(identity, { fingerprint: result.fingerprint, answer: result.answer });
    throw new Failure(EMAIL_TAKEN_ALREADY);
  }

  private async execute(values: readonly unknown[]): Promise<CreateResult> {
    for (let attempt = 1; ; attempt++) {
      try {
        const [row] = await runStatement<CreateResult>(this.dataSource, CREATE_CUSTOMER, values);
        if (!row) throw new Error('create-customer answered no row');
        return row;
      } catch (error) {
        // The same key was committed between this statement's snapshot and its lock: now it can be seen.
        if (attempt < 3 && (error as { constraint?: string }).constraint === 'idempotency_key_pkey') continue;
        throw error;
      }
    }
  }
}
