import { Inject, Injectable } from '@nestjs/common';
import type { Channel } from '#contracts/channel.js';
import type { Caller } from '#auth/access.js';
import { Failure } from '#http/failure.js';
import { CUSTOMER_RESTRICTED, RELATIONSHIP_ENDED } from '../customers/customer.errors.js';
import { consentPurposes } from '../profile/purposes.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { hasLapsed, lastSign } from '../retention/lapse.js';
import { WordingsService } from '../wordings/wordings.service.js';
import { SUPPRESSED } from '../suppression/suppression.errors.js';
import { type ConsentOutcome, type ConsentState, decide, isProvenByHerself, type Standing } from './consent.js';
import type { ConsentRecordRow } from './consents.sql.js';
import { CONSENT_IN_FUTURE, GUARDIAN_REQUIRED, PURPOSE_WITHOUT_CONSENT } from './consents.errors.js';
import type { Claim, PutConsent } from './consents.schemas.js';

const REFUSALS = { 'in-future': CONSENT_IN_FUTURE, 'under-age': GUARDIAN_REQUIRED, restricted: CUSTOMER_RESTRICTED, ended: RELATIONSHIP_ENDED, suppressed: SUPPRESSED } as const;

/** What a decision is about. */
export interface Target {
  readonly purpose: string;
  readonly channel: Channel;
}

type Taken = Exclude<ConsentOutcome, { kind: 'refused' }>;

/** What bears on a consent, and when the person was last heard of. */
export interface HeardStanding extends Standing {
  readonly activeAt: Date;
}

/** What every way in asks of a consent: purpose, wording, and the pure decision. */
@Injectable()
export class ConsentRules {
  private readonly purposes: readonly string[];

  constructor(
    private readonly wordings: WordingsService,
    @Inject(REGISTER_CONFIG) private readonly config: RegisterConfig,
  ) {
    this.purposes = consentPurposes(config.profile);
  }

  now(): Date {
    return new Date();
  }

  /** When a withdrawal counts as made: never later than now, so that a shop whose clock runs ahead holds no later consent off. */
  countsFrom(decidedAt: Date): Date {
    return new Date(Math.min(decidedAt.getTime(), this.now().getTime()));
  }

  assertPurpose(purpose: string): void {
    if (!this.purposes.includes(purpose)) throw new Failure(PURPOSE_WITHOUT_CONSENT, { extra: { possible: this.purposes } });
  }

  /** As `judge` where nothing is in force yet. @throws Failure naming what is wrong; `pointer` is where the consent stands in the body */
  async assertAcceptable(consent: PutConsent, target: Target, standing: HeardStanding, caller: Caller, pointer: string, now: Date): Promise<Taken> {
    this.assertPurpose(target.purpose);
    if (consent.wording) await this.wordings.assertShown(consent.wording, target.purpose, `${pointer}/wording`);
    return this.judge(undefined, consent, target, standing, caller, now);
  }

  /** What the decision does to what is in force. @throws Failure when it is refused */
  judge(state: ConsentState | undefined, consent: PutConsent | Claim, target: Target, standing: HeardStanding, caller: Caller, now: Date): Taken {
    const isLapsed = hasLapsed(this.config.profile.purposes, target.purpose, lastSign(standing.activeAt, consent.decidedAt), now);
    const outcome = decide(state, { ...consent, channel: target.channel, isProven: isProvenByHerself(caller.kind, consent.method), isLapsed }, standing, now);
    if (outcome.kind === 'refused') throw new Failure(REFUSALS[outcome.reason]);
    return outcome;
  }

  /**
   * A grant keeps the time that it was told with, though a clock that runs ahead told it: sent again, it is the same one, and not
   * newer than the withdrawal that followed it.
   */
  recordOf(consent: PutConsent | Claim, target: Target, caller: Caller): ConsentRecordRow {
    const wording = 'wording' in consent ? consent.wording : undefined;
    return {
      purpose: target.purpose,
      channel: target.channel,
      decision: consent.decision,
      decided_at: (consent.decision === 'granted' ? consent.decidedAt : this.countsFrom(consent.decidedAt)).toISOString(),
      wording_id: wording?.id ?? null,
      wording_version: wording?.version ?? null,
      wording_language: wording?.language ?? null,
      wording_sha256: wording?.sha256 ?? null,
      method: consent.method,
      form: consent.form ?? null,
      source_system: consent.sourceSystem,
      actor: caller.subject,
    };
  }
}
