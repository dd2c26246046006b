export type Decision = 'granted' | 'withdrawn';

/** What is in force for one purpose and channel; absent: never asked, which is not a consent (GDPR Art. 4(11)). */
export interface ConsentState {
  readonly decision: Decision;
  readonly decidedAt: Date;
}

export interface ConsentCommand {
  readonly decision: Decision;
  readonly decidedAt: Date;
}

/** What is known of the person that bears on a consent. */
export interface Standing {
  readonly birthYear: number | null;
  readonly restrictedAt: Date | null;
  readonly endedAt: Date | null;
}

export type ConsentOutcome =
  | { readonly kind: 'takes-effect' }
  /** A newer decision of the person is known; this one is kept as proof only. */
  | { readonly kind: 'superseded' }
  | { readonly kind: 'refused'; readonly reason: 'in-future' | 'under-age' | 'restricted' | 'ended' };

/** Clocks of shops run ahead a little; more than this is a mistake. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

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
 * Decides what one decision of a person does. Order is the order of the person's decisions, not of their
 * arrival. Clocks of shops differ: a withdrawal up to five minutes older than what is in force still holds, because
 * a withdrawal that is lost is worse than a consent to be asked for again. A withdrawal is never refused
 * (GDPR Art. 7(3)), except when its time lies in the future.
 */
export function decide(state: ConsentState | undefined, command: ConsentCommand, standing: Standing, now: Date): ConsentOutcome {
  if (command.decidedAt.getTime() > now.getTime() + CLOCK_TOLERANCE_MS) return { kind: 'refused', reason: 'in-future' };
  if (command.decision === 'granted') {
    if (mayBeUnderAge(standing.birthYear, command.decidedAt)) return { kind: 'refused', reason: 'under-age' };
    if (standing.restrictedAt) return { kind: 'refused', reason: 'restricted' };
    if (standing.endedAt) return { kind: 'refused', reason: 'ended' };
  }
  return isNewer(state, command) ? { kind: 'takes-effect' } : { kind: 'superseded' };
}

function isNewer(state: ConsentState | undefined, command: ConsentCommand): boolean {
  if (!state) return true;
  const lead = command.decidedAt.getTime() - state.decidedAt.getTime();
  return command.decision === 'withdrawn' ? lead >= -CLOCK_TOLERANCE_MS : lead > 0;
}

/** What is in force after a decision took effect: its time never goes back, or the grant just withdrawn could come again. RECORD_DECISIONS does the same in SQL. */
export function inForceAfter(state: ConsentState | undefined, command: ConsentCommand): ConsentState {
  return { decision: command.decision, decidedAt: state && state.decidedAt > command.decidedAt ? state.decidedAt : command.decidedAt };
}
