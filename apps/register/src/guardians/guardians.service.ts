import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { etagOf } from '#http/etag.js';
import { Failure } from '#http/failure.js';
import type { Reading } from '../access-log/access-log.js';
import { actorTold } from '../access-log/reader-shown.js';
import { Reader } from '../access-log/reader.service.js';
import { mayBeUnderAge } from '../consents/consent.js';
import { CUSTOMER_NOT_FOUND, CUSTOMER_RESTRICTED } from '../customers/customer.errors.js';
import type { CustomerRow } from '../customers/customer.row.js';
import { READ_CUSTOMER } from '../customers/customers.sql.js';
import { runInTransaction } from '#database/statement.js';
import { IdempotentWrites, type WriteResult } from '../idempotency/idempotent-writes.service.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { type Guarded, Suppressions } from '../suppression/suppressions.service.js';
import { concernsMarketing, markChanged } from '../sync/pending.js';
import { channelsOf, MARKETING_PURPOSE } from '../sync/projection.js';
import { Relay } from '../sync/relay.js';
import { WordingsService } from '../wordings/wordings.service.js';
import { GUARDIAN_IN_FUTURE, NOT_A_CHILD } from './guardians.errors.js';
import type { GuardianConsent, GuardianRecords } from './guardians.schemas.js';
import { LAST_WORDS, READ_GUARDIAN_RECORDS, RECORD_GUARDIAN, SET_GUARDIAN } from './guardians.sql.js';

/** Five minutes, as for consents: clocks of callers run ahead a little. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** What guardians agree to for children under 13 (GDPR Art. 8, Tietosuojalaki 5 §). */
@Injectable()
export class GuardiansService {
  constructor(
    private readonly writes: IdempotentWrites,
    private readonly reader: Reader,
    private readonly suppressions: Suppressions,
    private readonly wordings: WordingsService,
    private readonly relay: Relay,
  ) {}

  /** A word up to the last withdrawal is kept as proof only. @throws Failure `not-a-child`, `customer-restricted`, `guardian-in-future`, `wording-unknown` */
  async give(write: WriteRequest, caller: Caller, id: string, given: GuardianConsent): Promise<WriteAnswer> {
    const now = new Date();
    if (given.givenAt.getTime() > now.getTime() + CLOCK_TOLERANCE_MS) throw new Failure(GUARDIAN_IN_FUTURE);
    const givenAt = given.givenAt < now ? given.givenAt : now;
    const { id: wordingId, version, language, sha256 } = given.wording;
    const answer = await this.writes.run(write, async (manager) => {
      const customer = await this.suppressions.lock(manager, id);
      if (!mayBeUnderAge(customer.birth_year, now)) throw new Failure(NOT_A_CHILD);
      if (customer.restricted_at) throw new Failure(CUSTOMER_RESTRICTED, { extra: { restriction: customer.restriction_reason } });
      await this.wordings.assertShown(given.wording, MARKETING_PURPOSE, '#/wording');
      await runInTransaction(manager, RECORD_GUARDIAN, [
        customer.id, 'given', given.givenAt, given.verification, wordingId, version, language, sha256, given.sourceSystem, caller.subject,
      ]);
      const { withdrawn } = await lastWords(manager, customer);
      // The word that was taken back, sent again, or another as old: proof, and nothing rests on it any more.
      if (withdrawn && given.givenAt <= withdrawn) return answered(customer, customer.version, false);
      // Consents given under the first agreement rest on it: a renewal does not make them older than their permission.
      return this.set(manager, customer, customer.guardian_at && customer.guardian_at < givenAt ? customer.guardian_at : givenAt);
    });
    this.relay.wake();
    return answer;
  }

  /** The guardian no longer agrees: what the child has consented to under age may not be used any more. Never refused. */
  async withdraw(write: WriteRequest, caller: Caller, id: string): Promise<WriteAnswer> {
    const answer = await this.writes.run(write, async (manager) => {
      const customer = await this.suppressions.lock(manager, id);
      const now = new Date();
      const { told } = await lastWords(manager, customer);
      // A word that was told by a clock that runs ahead is taken back as well.
      const upTo = told && told > now ? told : now;
      await runInTransaction(manager, RECORD_GUARDIAN, [customer.id, 'withdrawn', upTo, null, null, null, null, null, 'register', caller.subject]);
      return this.set(manager, customer, null);
    });
    this.relay.wake();
    return answer;
  }

  /** @throws Failure `customer-not-found` */
  records(id: string, reading: Reading): Promise<GuardianRecords> {
    return this.reader.read(reading, async (manager) => {
      const [row] = await runInTransaction<CustomerRow>(manager, READ_CUSTOMER, [id]);
      if (!row) throw new Failure(CUSTOMER_NOT_FOUND);
      const records = await runInTransaction<RecordRow>(manager, READ_GUARDIAN_RECORDS, [id]);
      return { result: { records: records.map((record) => viewOf(record, reading)) }, shown: [{ id: row.id, fields: ['guardianConsent.history'] }] };
    });
  }

  private async set(manager: EntityManager, customer: Guarded<CustomerRow>, guardianAt: Date | null): Promise<WriteResult> {
    const [before, after] = [channelsOf(customer), channelsOf({ ...customer, guardian_at: guardianAt })];
    const known = concernsMarketing(customer.known_to_marketing, after);
    const [row] = await runInTransaction<{ version: number }>(manager, SET_GUARDIAN, [customer.id, guardianAt, known]);
    if (!row) throw new Error('the locked customer is gone');
    await markChanged(manager, { ref: customer.ref, version: row.version, before, after, knownToMarketing: customer.known_to_marketing, reason: 'consent' });
    return answered(customer, row.version, true);
  }
}

async function lastWords(manager: EntityManager, { id }: CustomerRow): Promise<{ told: Date | null; withdrawn: Date | null }> {
  const [words] = await runInTransaction<{ told: Date | null; withdrawn: Date | null }>(manager, LAST_WORDS, [id]);
  return words ?? { told: null, withdrawn: null };
}

function answered({ id }: CustomerRow, version: number, inEffect: boolean): WriteResult {
  return { answer: { status: 200, body: { id, version, inEffect }, etag: etagOf(version) }, customerId: id };
}

interface RecordRow {
  readonly decision: 'given' | 'withdrawn';
  readonly decided_at: Date;
  readonly recorded_at: Date;
  readonly verification: GuardianRecords['records'][number]['verification'];
  readonly wording_id: string | null;
  readonly wording_version: number | null;
  readonly wording_language: string | null;
  readonly wording_sha256: string | null;
  readonly source_system: string;
  readonly actor: string;
}

function viewOf(row: RecordRow, { caller }: Reading): GuardianRecords['records'][number] {
  const { wording_id: id, wording_version: version, wording_language: language, wording_sha256: sha256 } = row;
  return {
    decision: row.decision, decidedAt: row.decided_at.toISOString(), recordedAt: row.recorded_at.toISOString(), verification: row.verification,
    wording: id !== null && version !== null && language !== null && sha256 !== null ? { id, version, language, sha256 } : null,
    sourceSystem: row.source_system, checkedBy: actorTold(row.actor, caller.kind),
  };
}
