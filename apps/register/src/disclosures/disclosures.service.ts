import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { runInTransaction } from '#database/statement.js';
import { Failure, type FailureDefinition } from '#http/failure.js';
import { type Reading, recordRead } from '../access-log/access-log.js';
import { Reader } from '../access-log/reader.service.js';
import { GUARDIAN_REQUIRED } from '../consents/consents.errors.js';
import { CUSTOMER_NOT_FOUND, CUSTOMER_RESTRICTED, RELATIONSHIP_ENDED } from '../customers/customer.errors.js';
import { lockCustomer } from '../customers/customer.lock.js';
import type { CustomerRow } from '../customers/customer.row.js';
import { READ_CUSTOMER } from '../customers/customers.sql.js';
import { IdempotentWrites } from '../idempotency/idempotent-writes.service.js';
import type { WriteRequest } from '../idempotency/write-request.js';
import { DISCLOSURE_WITHOUT_CONSENT, DISCLOSURE_WITHOUT_NOTICE, NOTHING_TO_DISCLOSE } from './disclosures.errors.js';
import { DECISIONS_IN_EFFECT, NOTICES_SENT, READ_DISCLOSURE, RECORD_DISCLOSURE } from './disclosures.sql.js';
import type { Disclose, Release } from './disclosures.schemas.js';
import { type DisclosureRow, ledgerEntry } from './ledger.row.js';
import { Recipients } from './recipients.service.js';
import { decideRelease, type DisclosureDecision, type ReleaseOutcome, type SentNotice } from './release.js';
import { releasedData } from './released-fields.js';

const REFUSALS = {
  restricted: CUSTOMER_RESTRICTED, ended: RELATIONSHIP_ENDED, 'under-age': GUARDIAN_REQUIRED,
  'no-consent': DISCLOSURE_WITHOUT_CONSENT, 'no-notice': DISCLOSURE_WITHOUT_NOTICE,
} as const satisfies Record<string, FailureDefinition>;

type Ground = Extract<ReleaseOutcome, { kind: 'may-leave' }>;

/** The only way out (R5): the answer of the call is the release, and nothing is answered that is not in the ledger. */
@Injectable()
export class DisclosuresService {
  constructor(
    private readonly writes: IdempotentWrites,
    private readonly reader: Reader,
    private readonly recipients: Recipients,
  ) {}

  /** @throws Failure why nothing may leave */
  async disclose(write: WriteRequest, caller: Caller, route: string, customerId: string, body: Disclose): Promise<Release> {
    this.recipients.find(body.recipient, body.purpose);
    const reading: Reading = { caller, purpose: body.purpose, route };
    let release: Release | undefined;
    const { body: receipt } = await this.writes.run(write, async (manager) => {
      const customer = await lockCustomer(manager, customerId);
      const ground = await this.ground(manager, customer, body);
      const data = releasedData(customer, body.fields);
      const fields = Object.keys(data);
      if (fields.length === 0) throw new Failure(NOTHING_TO_DISCLOSE);
      const row = { id: randomUUID(), customer_id: customer.id, recipient: body.recipient, purpose: body.purpose, fields, legal_basis: this.recipients.legalBasis(body.purpose) };
      const [made] = await runInTransaction<{ released_at: Date }>(manager, RECORD_DISCLOSURE, [
        row.id, row.customer_id, row.recipient, row.purpose, fields, row.legal_basis, ground.consentId, ground.noticeId, caller.subject, caller.kind,
      ]);
      if (!made) throw new Error('a row that was inserted is returned');
      await recordRead(manager, reading, [{ id: customer.id, fields }]);
      release = { ...ledgerEntry({ ...row, ...made }, this.recipients.view(row.recipient)), data };
      // The store of answers holds no personal data: of the release it keeps the id only.
      return { answer: { status: 201, body: { disclosureId: row.id } }, customerId: customer.id };
    });
    return release ?? this.again(reading, String(receipt['disclosureId']));
  }

  /** A repeated request: the same disclosure, its fields as they are now, if they may still leave. */
  private again(reading: Reading, disclosureId: string): Promise<Release> {
    return this.reader.read(reading, async (manager) => {
      const [row] = await runInTransaction<DisclosureRow>(manager, READ_DISCLOSURE, [disclosureId]);
      const [customer] = row ? await runInTransaction<CustomerRow>(manager, READ_CUSTOMER, [row.customer_id]) : [];
      if (!row || !customer) throw new Failure(CUSTOMER_NOT_FOUND);
      await this.ground(manager, customer, row);
      const data = releasedData(customer, row.fields);
      return { result: { ...ledgerEntry(row, this.recipients.view(row.recipient)), data }, shown: [{ id: customer.id, fields: Object.keys(data) }] };
    });
  }

  /** The consent and the notice a disclosure stands on. @throws Failure when one is missing */
  private async ground(manager: EntityManager, customer: CustomerRow, { recipient, purpose }: { recipient: string; purpose: string }): Promise<Ground> {
    const { restricted_at: restrictedAt, ended_at: endedAt, birth_year: birthYear, active_at: activeAt } = customer;
    const target = [customer.id, recipient, purpose];
    const decisions = await runInTransaction<DisclosureDecision>(manager, DECISIONS_IN_EFFECT, target);
    const notices = await runInTransaction<SentNotice>(manager, NOTICES_SENT, target);
    const outcome = decideRelease({ restrictedAt, endedAt, birthYear, activeAt }, decisions, notices, { purpose, purposes: this.recipients.purposes }, new Date());
    if (outcome.kind === 'refused') throw new Failure(REFUSALS[outcome.reason]);
    return outcome;
  }
}
