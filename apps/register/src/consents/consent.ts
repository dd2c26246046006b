import type { Channel } from '#contracts/channel.js';
import { type Closure, passageOf } from '../suppression/closure.js';

export type Decision = 'granted' | 'withdrawn';

/** What is in force for one purpose and channel; absent: never asked, which is not a consent (GDPR Art. 4(11)). */
export interface ConsentState {
  readonly decision: Decision;
  readonly decidedAt: Date;
}

export interface ConsentCommand {
  readonly channel: Channel;
  readonly decision: Decision;
  readonly decidedAt: Date;
  /** Shown to be the person's own act: see isProvenByHerself. */
  readonly isProven: boolean;
  /** A consent told so late that it has lapsed by now: see hasLapsed. */
  readonly isLapsed: boolean;
}

/** What is known of the person that bears on a consent. */
export interface Standing {
  readonly birthYear: number | null;
  /** Since when a guardian agrees; null: none does. */
  readonly guardianAt: Date | null;
  readonly restrictedAt: Date | null;
  readonly endedAt: Date | null;
  /** Everything that is closed on the way of this consent: her objection, the suppression of the address. */
  readonly closures: readonly Closure[];
}

export type ConsentOutcome =
  /** `reopens`: a fresh consent of her own, after an objection or an erasure (R24). */
  | { readonly kind: 'takes-effect'; readonly reopens?: true }
  /** A newer decision of the person is known, or it has lapsed: this one is kept as proof only. */
  | { readonly kind: 'superseded' }
  | { readonly kind: 'refused'; readonly reason: 'in-future' | 'under-age' | 'restricted' | 'ended' | 'suppressed' };

/** Clocks of shops run ahead, or behind, a little; more than this is a mistake. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** A withdrawal of a clock that is behind still ends the consent of one that is ahead. */
export const WITHDRAWAL_TOLERANCE_MS = 2 * CLOCK_TOLERANCE_MS;

/** The age of consent for information society services in Finland (Tietosuojalaki 1050/2018, 5 §). */
export const AGE_OF_CONSENT = 13;

/**
 * Whether someone born in `birthYear` may still have been under the age of consent at `time`. Only the year
 * is known, so the birthday is taken to be the last of the year: the safe side of the doubt.
 */
export function mayBeUnderAge(birthYear: number | null, time: Date): boolean {
  return birthYear !== null && time.getUTCFullYear() - birthYear <= AGE_OF_CONSENT;
}

/**
 * Whether the age of the person leaves a consent of that time valid: she was surely of age, or a guardian had agreed before.
 * With her thirteenth birthday such a consent does not lapse: it holds until she, or the guardian, withdraws it
 * (EDPB Guidelines 05/2020, 149); what she decides from then on needs no guardian. No clock is asked, so nothing changes unseen.
 */
export function isValidForAge({ birthYear, guardianAt }: Pick<Standing, 'birthYear' | 'guardianAt'>, decidedAt: Date): boolean {
  return !mayBeUnderAge(birthYear, decidedAt) || (guardianAt !== null && guardianAt <= decidedAt);
}

/**
 * The moment from which somebody born then is surely of age; null: nothing says that she ever was not.
 * `mayBeUnderAge` is true before it, and only then.
 */
export function ofAgeFrom(birthYear: number | null): Date | null {
  return birthYear === null ? null : new Date(Date.UTC(birthYear + AGE_OF_CONSENT + 1, 0, 1));
}

/** Ways of consenting that only the person has: she was signed in, or has answered a message sent to the very address. */
const PROVING_METHODS: ReadonlySet<string> = new Set(['account-settings', 'confirmed-opt-in']);

/**
 * Whether a consent is shown to be the person's own act, as the way back after an objection or an erasure has to be: anybody can
 * type an address into a form, and an import knows nothing of its people. Staff never act for her here.
 */
export function isProvenByHerself(caller: 'program' | 'staff' | 'customer', method: string): boolean {
  return caller === 'customer' || (caller === 'program' && PROVING_METHODS.has(method));
}

/**
 * Decides what one decision of a person does. Order is the order of the person's decisions, not of their
 * arrival. Clocks of shops differ: a withdrawal up to ten minutes older than what is in force still holds, because
 * a withdrawal that is lost is worse than a consent to be asked for again. A withdrawal is never refused
 * (GDPR Art. 7(3)), except when its time lies in the future.
 */
export function decide(state: ConsentState | undefined, command: ConsentCommand, standing: Standing, now: Date): ConsentOutcome {
  if (command.decidedAt.getTime() > now.getTime() + CLOCK_TOLERANCE_MS) return { kind: 'refused', reason: 'in-future' };
  if (command.decision === 'granted') {
    if (!isValidForAge(standing, command.decidedAt)) return { kind: 'refused', reason: 'under-age' };
    if (standing.restrictedAt) return { kind: 'refused', reason: 'restricted' };
    if (standing.endedAt) return { kind: 'refused', reason: 'ended' };
  }
  if (!isNewer(state, command)) return { kind: 'superseded' };
  if (command.decision === 'withdrawn') return { kind: 'takes-effect' };
  if (command.isLapsed) return { kind: 'superseded' };
  const passage = passageOf(command.channel, command.decidedAt, standing.closures, command.isProven);
  switch (passage) {
    case 'open': return { kind: 'takes-effect' };
    case 'reopens': return { kind: 'takes-effect', reopens: true };
    case 'too-old': return { kind: 'superseded' };
    case 'closed': return { kind: 'refused', reason: 'suppressed' };
    default: return passage satisfies never;
  }
}

function isNewer(state: ConsentState | undefined, command: ConsentState): boolean {
  if (!state) return true;
  const lead = command.decidedAt.getTime() - state.decidedAt.getTime();
  return command.decision === 'withdrawn' ? lead >= -WITHDRAWAL_TOLERANCE_MS : lead > 0;
}

/** What is in force after a decision took effect: its time never goes back, or the grant just withdrawn could come again. RECORD_DECISIONS does the same in SQL. */
export function inForceAfter(state: ConsentState | undefined, command: ConsentState): ConsentState {
  return { decision: command.decision, decidedAt: state && state.decidedAt > command.decidedAt ? state.decidedAt : command.decidedAt };
}
