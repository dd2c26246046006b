import { Injectable } from '@nestjs/common';
import type { Caller } from '#auth/access.js';
import { runInTransaction } from '#database/statement.js';
import { Failure } from '#http/failure.js';
import type { Reading } from '../access-log/access-log.js';
import { Reader } from '../access-log/reader.service.js';
import { CONSENT_IN_FUTURE, GUARDIAN_REQUIRED } from '../consents/consents.errors.js';
import { mayBeUnderAge } from '../consents/consent.js';
import type { PutConsent } from '../consents/consents.schemas.js';
import { CUSTOMER_NOT_FOUND, CUSTOMER_RESTRICTED, RELATIONSHIP_ENDED } from '../customers/customer.errors.js';
import { lockCustomer } from '../customers/customer.lock.js';
import type { CustomerRow } from '../customers/customer.row.js';
import { KEEP_CUSTOMERS } from '../customers/customers.sql.js';
import { IdempotentWrites } from '../idempotency/idempotent-writes.service.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { WordingsService } from '../wordings/wordings.service.js';
import { NOTICE_IN_FUTURE } from './disclosures.errors.js';
import {
  DECISIONS_IN_EFFECT, DISCLOSURE_CONSENTS_OF_CUSTOMER, DISCLOSURES_OF_CUSTOMER, NOTICES_OF_CUSTOMER, RECORD_DISCLOSURE_CONSENT, RECORD_NOTICE,
} from './disclosures.sql.js';
import type { DisclosureTarget, Ledger, Notify } from './disclosures.schemas.js';
import { consentRecordView, type DisclosureConsentRow, type DisclosureRow, ledgerEntry, type NoticeSentRow } from './ledger.row.js';
import { Recipients } from './recipients.service.js';
import { type DisclosureDecision, takesEffect } from './release.js';

const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** What a person decides about disclosures, what she was told of them, and all of it to look at. */
@Injectable()
export class DisclosureConsents {
  constructor(
    private readonly writes: IdempotentWrites,
    private readonly reader: Reader,
    private readonly wordings: WordingsService,
    private readonly recipients: Recipients,
  ) {}

  /** A withdrawal is taken of any recipient, also of one no longer configured (GDPR Art. 7(3)). @throws Failure why a consent cannot be taken */
  decide(write: WriteRequest, caller: Caller, { id, recipient, purpose }: DisclosureTarget, consent: PutConsent): Promise<WriteAnswer> {
    return this.writes.run(write, async (manager) => {
      const now = new Date();
      const customer = await lockCustomer(manager, id);
      const notLater = notAfter(consent.decidedAt, now);
      if (!notLater) throw new Failure(CONSENT_IN_FUTURE);
      // A grant keeps the time that it was told with: sent again it is the same one (see ConsentRules.recordOf).
      const decidedAt = consent.decision === 'granted' ? consent.decidedAt : notLater;
      if (consent.decision === 'granted') {
        this.recipients.find(recipient, purpose);
        assertMayConsent(customer, decidedAt);
      }
      if (consent.wording) await this.wordings.assertShown(consent.wording, purpose, '#/wording');
      const known = await runInTransaction<DisclosureDecision>(manager, DECISIONS_IN_EFFECT, [customer.id, recipient, purpose]);
      const inEffect = takesEffect(known, { decision: consent.decision, decidedAt });
      const { wording, method, form, sourceSystem } = consent;
      await runInTransaction(manager, RECORD_DISCLOSURE_CONSENT, [
        customer.id, recipient, purpose, consent.decision, decidedAt, inEffect,
        wording?.id, wording?.version, wording?.language, wording?.sha256, method, form, sourceSystem, caller.subject,
      ]);
      return { answer: { status: 200, body: { id: customer.id, recipient, purpose, inEffect } }, customerId: customer.id };
    });
  }

  /** That the person was told, apart from her consent. @throws Failure `recipient-unknown`, `notice-in-future`, `customer-not-found` */
  notify(write: WriteRequest, caller: Caller, id: string, { recipient, purpose, sentAt, sentBy }: Notify): Promise<WriteAnswer> {
    this.recipients.find(recipient, purpose);
    return this.writes.run(write, async (manager) => {
      const customer = await lockCustomer(manager, id);
      const sent = notAfter(sentAt, new Date());
      if (!sent) throw new Failure(NOTICE_IN_FUTURE);
      const [made] = await runInTransaction<{ id: number }>(manager, RECORD_NOTICE, [customer.id, recipient, purpose, sent, sentBy, caller.subject]);
      if (!made) throw new Error('a row that was inserted is returned');
      return { answer: { status: 201, body: { id: customer.id, noticeId: made.id } }, customerId: customer.id };
    });
  }

  /** @throws Failure `customer-not-found` */
  ledger(id: string, reading: Reading): Promise<Ledger> {
    return this.reader.read(reading, async (manager) => {
      const [customer] = await runInTransaction<{ id: string }>(manager, KEEP_CUSTOMERS, [[id]]);
      if (!customer) throw new Failure(CUSTOMER_NOT_FOUND);
      const view = (recipient: string) => this.recipients.view(recipient);
      const disclosures = await runInTransaction<DisclosureRow>(manager, DISCLOSURES_OF_CUSTOMER, [customer.id]);
      const consents = await runInTransaction<DisclosureConsentRow>(manager, DISCLOSURE_CONSENTS_OF_CUSTOMER, [customer.id]);
      const notices = await runInTransaction<NoticeSentRow>(manager, NOTICES_OF_CUSTOMER, [customer.id]);
      const result: Ledger = {
        disclosures: disclosures.map((row) => ledgerEntry(row, view(row.recipient))),
        consents: consents.map((row) => consentRecordView(row, view(row.recipient))),
        notices: notices.map((row) => ({ recipient: view(row.recipient), purpose: row.purpose, sentAt: row.sent_at.toISOString(), sentBy: row.sent_by })),
      };
      return { result, shown: [{ id: customer.id, fields: ['disclosures'] }] };
    });
  }
}

function assertMayConsent(customer: CustomerRow, decidedAt: Date): void {
  if (customer.restricted_at) throw new Failure(CUSTOMER_RESTRICTED);
  if (customer.ended_at) throw new Failure(RELATIONSHIP_ENDED);
  if (mayBeUnderAge(customer.birth_year, decidedAt)) throw new Failure(GUARDIAN_REQUIRED);
}

/** The time, never later than now, so that no clock that runs ahead outruns what follows; undefined when it is a mistake. */
function notAfter(time: Date, now: Date): Date | undefined {
  if (time.getTime() > now.getTime() + CLOCK_TOLERANCE_MS) return undefined;
  return time > now ? now : time;
}
