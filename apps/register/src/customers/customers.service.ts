import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { assertVersion, etagOf } from '#http/etag.js';
import { Failure } from '#http/failure.js';
import { ConsentRules } from '../consents/consent-rules.service.js';
import { LapsedConsents } from '../consents/lapsed-consents.service.js';
import { runInTransaction } from '#database/statement.js';
import { IdempotentWrites } from '../idempotency/idempotent-writes.service.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { oweNotices } from '../disclosures/notice.owing.js';
import { concernsMarketing, markChanged } from '../sync/pending.js';
import { FormerValues } from '../suppression/former-values.service.js';
import { type Guarded, Suppressions } from '../suppression/suppressions.service.js';
import { channelsOf } from '../sync/projection.js';
import { Relay } from '../sync/relay.js';
import { changesOf, type CustomerFields, type FieldChanges } from './customer-fields.js';
import { CustomerRules } from './customer-rules.service.js';
import { CUSTOMER_RESTRICTED, EMAIL_TAKEN_ALREADY, SOURCE_OUTRANKED } from './customer.errors.js';
import type { CustomerRow } from './customer.row.js';
import { EMAIL_TAKEN, UPDATE_CUSTOMER } from './customers.sql.js';
import type { PatchCustomer } from './customers.schemas.js';
import { GivenUnderAge } from './given-under-age.service.js';
import { type FieldOrigin, originOf, protectedFields, type Source, sourceOf, withOrigins } from './provenance.js';

/** Changes to what the register holds of a person. */
@Injectable()
export class CustomersService {
  constructor(
    private readonly writes: IdempotentWrites,
    private readonly relay: Relay,
    private readonly rules: ConsentRules,
    private readonly customers: CustomerRules,
    private readonly suppressions: Suppressions,
    private readonly formerValues: FormerValues,
    private readonly givenUnderAge: GivenUnderAge,
    private readonly lapsed: LapsedConsents,
  ) {}

  /** @throws Failure for a stale version, a taken email, a restricted customer, an unknown product group, an outranked source */
  async patch(write: WriteRequest, caller: Caller, id: string, version: number, body: PatchCustomer): Promise<WriteAnswer> {
    this.customers.assertInterests(body.interests);
    const changes = changesOf(body);
    const source = sourceOf(body.source, caller);
    const answer = await this.writes.run(write, async (manager) => {
      const customer = await this.suppressions.lock(manager, id);
      assertVersion(version, customer.version);
      if (customer.restricted_at) throw new Failure(CUSTOMER_RESTRICTED, { extra: { restriction: customer.restriction_reason } });
      assertSource(customer, changes, source);
      // A correction of hers is a sign of life; with one of somebody else nothing comes into use that has lapsed.
      const present = source.kind === 'customer' ? customer : await this.lapsed.expire(manager, customer, this.rules.now());
      const next = await this.store(manager, present, changes, originOf(source, caller.subject, this.rules.now()));
      return { answer: { status: 200, body: { id, version: next }, etag: etagOf(next) }, customerId: id };
    });
    this.relay.wake();
    return answer;
  }

  private async store(manager: EntityManager, locked: Guarded<CustomerRow>, changes: FieldChanges, origin: FieldOrigin): Promise<number> {
    const { birth_year: birthYear } = changes.values;
    const customer = birthYear === undefined ? locked : await this.givenUnderAge.withdraw(manager, locked, birthYear, this.rules.now());
    // The new address may be a suppressed one: then she has it, and marketing does not.
    const after = await this.suppressions.guardIn<CustomerRow & CustomerFields>(manager, { ...customer, ...changes.values });
    const [before, channels] = [channelsOf(customer), channelsOf(after)];
    const known = concernsMarketing(customer.known_to_marketing, channels);
    const emailIndex = this.customers.emailIndex(after.email);
    if (emailIndex && changes.values.email !== undefined) {
      const [row] = await runInTransaction<{ taken: boolean }>(manager, EMAIL_TAKEN, [emailIndex, customer.id]);
      if (row?.taken) throw new Failure(EMAIL_TAKEN_ALREADY);
    }
    const origins = withOrigins(customer.provenance, changes.set, changes.cleared, origin);
    const [row] = await runInTransaction<{ version: number }>(manager, UPDATE_CUSTOMER, [
      customer.id, known, after.first_name, after.last_name, after.email, emailIndex, after.phone, this.customers.phoneIndex(after.phone),
      after.street_address, after.postal_code, after.city, after.country, after.language, after.birth_year, after.occupation,
      after.interests, JSON.stringify(origins), origin.source === 'customer' ? this.rules.now() : null,
    ]).catch(refuseTakenEmail);
    if (!row) throw new Error('the locked customer is gone');
    await this.formerValues.remember(manager, customer.id, customer, after);
    await oweNotices(manager, customer.id, 'correction', [...changes.set, ...changes.cleared]);
    await markChanged(manager, { ref: customer.ref, version: row.version, before, after: channels, knownToMarketing: customer.known_to_marketing, reason: 'data' });
    return row.version;
  }
}

function assertSource(customer: CustomerRow, changes: FieldChanges, source: Source): void {
  const outranked = protectedFields(customer.provenance, [...changes.set, ...changes.cleared], source);
  if (outranked.length === 0) return;
  throw new Failure(SOURCE_OUTRANKED, {
    errors: outranked.map((field) => ({ pointer: `#/${field.replace('.', '/')}`, code: 'source-outranked', detail: 'was told by the customer herself' })),
  });
}

/** Two changes to the same email at once: the second meets the unique index. */
function refuseTakenEmail(error: unknown): never {
  if (error instanceof Error && (error as { constraint?: string }).constraint === 'customer_email_index_key') throw new Failure(EMAIL_TAKEN_ALREADY);
  throw error;
}
