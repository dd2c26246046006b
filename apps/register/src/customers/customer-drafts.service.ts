import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Caller } from '#auth/access.js';
import { Failure } from '#http/failure.js';
import { isProvenByHerself } from '../consents/consent.js';
import { ConsentRules } from '../consents/consent-rules.service.js';
import { PUBLIC_SOURCE_CONSENT } from '../consents/consents.errors.js';
import type { Claim, ConsentCommandBody } from '../consents/consents.schemas.js';
import type { ConsentRecordRow } from '../consents/consents.sql.js';
import { addressOf, NOTHING_CLOSED } from '../suppression/closure.js';
import type { AddressKind } from '../suppression/suppression-digest.js';
import { Suppressions } from '../suppression/suppressions.service.js';
import { channelsOf, MARKETING_PURPOSE } from '../sync/projection.js';
import { changesOf, type CustomerFields, NO_FIELDS } from './customer-fields.js';
import { CustomerRules } from './customer-rules.service.js';
import type { CreateCustomer } from './customers.schemas.js';
import { originOf, type Provenance, sourceOf, withOrigins } from './provenance.js';

type NewDecision = ConsentRecordRow & {
  /** Whether marketing might use it, were no address suppressed. */
  readonly is_usable: boolean;
  readonly is_proven: boolean;
  /** Kept, and never in effect: granted, it is said, but without the wording (R22), or so long ago that it has lapsed. */
  readonly is_proof_only: boolean;
  /** By which suppression a marketing grant is judged. */
  readonly closure_digest: string | null;
  /** Of a grant to paper mail: the suppression of her name with her postal address, which lets nothing older pass. */
  readonly person_digest: string | null;
};

/** A customer who is about to be created: columns of `customer`, and what goes with her. Byte strings in PostgreSQL's hex form. */
export interface CustomerDraft extends CustomerFields {
  readonly id: string;
  readonly ref: string;
  /** When she was last heard of; null: now. */
  readonly active_at: string | null;
  readonly email_index: string | null;
  readonly phone_index: string | null;
  /** Under which her addresses are suppressed. */
  readonly email_digest: string | null;
  readonly phone_digest: string | null;
  readonly post_digest: string | null;
  readonly provenance: Provenance;
  readonly decisions: readonly NewDecision[];
}

type Digests = Readonly<Record<AddressKind, string | null>>;

/** What an import knows of somebody who was a customer before. */
export interface Past {
  /** Grants without the wording that was shown. */
  readonly claims: readonly Claim[];
  /** When she was last heard of where she comes from. */
  readonly activeAt?: Date | undefined;
}

/** What a new customer becomes, whichever way she comes in. */
@Injectable()
export class CustomerDrafts {
  constructor(
    private readonly customers: CustomerRules,
    private readonly rules: ConsentRules,
    private readonly suppressions: Suppressions,
  ) {}

  /** @throws Failure for an invalid consent or an unknown product group */
  async draft(body: CreateCustomer, caller: Caller, past?: Past): Promise<CustomerDraft> {
    const claims = past?.claims ?? [];
    this.customers.assertInterests(body.interests);
    const source = sourceOf(body.source, caller);
    if (source.kind === 'public' && body.consents.length + claims.length > 0) throw new Failure(PUBLIC_SOURCE_CONSENT);
    const now = this.rules.now();
    const changes = changesOf(body);
    const fields = { ...NO_FIELDS, ...changes.values };
    // What is suppressed is known in the statement only; guardians are recorded of those who are there already.
    const activeAt = source.kind === 'customer' && !past ? null : heardOf([...body.consents, ...claims], past, now);
    const standing = { birthYear: fields.birth_year, guardianAt: null, restrictedAt: null, endedAt: null, closures: [], activeAt: activeAt ?? now };
    const late = new Set<ConsentCommandBody>();
    for (const [i, consent] of body.consents.entries()) {
      const { kind } = await this.rules.assertAcceptable(consent, consent, standing, caller, `#/consents/${i}`, now);
      if (kind === 'superseded') late.add(consent);
    }
    for (const claim of claims) {
      this.rules.assertPurpose(claim.purpose);
      this.rules.judge(undefined, claim, claim, standing, caller, now);
    }
    const { email, phone, post } = this.suppressions.digestsOf(fields);
    const digests = { email: hex(email), phone: hex(phone), post: hex(post) };
    const decisions = this.decisionsOf(body.consents, late, claims, fields, digests, caller);
    return {
      id: uuidv7(), ref: randomUUID(), active_at: activeAt && activeAt.toISOString(), decisions,
      email_index: hex(this.customers.emailIndex(fields.email)), phone_index: hex(this.customers.phoneIndex(fields.phone)),
      email_digest: digests.email, phone_digest: digests.phone, post_digest: digests.post,
      provenance: withOrigins({}, changes.set, [], originOf(source, caller.subject, now)),
      // Last: V8 takes a microsecond for each property that a literal adds to a spread, and a fifth of one for the spread of all.
      ...fields,
    };
  }

  private decisionsOf(
    consents: readonly ConsentCommandBody[], late: ReadonlySet<ConsentCommandBody>, claims: readonly Claim[], fields: CustomerFields, digests: Digests, caller: Caller,
  ): NewDecision[] {
    const records = consents.map((consent) => ({ ...this.rules.recordOf(consent, consent, caller), is_proof_only: late.has(consent) }));
    const person = { guardian_at: null, restricted_at: null, objected_at: null, ended_at: null, closures: NOTHING_CLOSED, consents: records.filter((record) => !record.is_proof_only), ...fields };
    const channels = channelsOf(person);
    const proven = records.map((record) => {
      const isMarketing = record.purpose === MARKETING_PURPOSE && record.decision === 'granted';
      return {
        is_usable: isMarketing && channels.includes(record.channel), is_proven: isProvenByHerself(caller.kind, record.method),
        closure_digest: isMarketing ? digests[addressOf(record.channel, fields)] : null,
        person_digest: isMarketing && record.channel === 'post' ? digests.post : null, ...record,
      };
    });
    const claimed = claims.map((claim) => ({ is_usable: false, is_proven: false, is_proof_only: true, closure_digest: null, person_digest: null, ...this.rules.recordOf(claim, claim, caller) }));
    return [...proven, ...claimed];
  }
}

/** When somebody whom another brings was last heard of: her latest decision, or later; null: nobody knows. */
function heardOf(decisions: readonly { readonly decidedAt: Date }[], past: Past | undefined, now: Date): Date | null {
  const times = [...decisions.map(({ decidedAt }) => decidedAt), ...(past?.activeAt ? [past.activeAt] : [])].map((time) => time.getTime());
  return times.length === 0 ? null : new Date(Math.min(Math.max(...times), now.getTime()));
}

/** A byte string as PostgreSQL reads it in JSON. */
export function hex(bytes: Buffer): string;
export function hex(bytes: Buffer | null): string | null;
export function hex(bytes: Buffer | null): string | null {
  return bytes && `\\x${bytes.toString('hex')}`;
}
