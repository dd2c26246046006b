import { dueDate, finnishDay, MONTHS_WHEN_EXTENDED } from './due-date.js';
import type { Day } from './finnish-holidays.js';
import type { RequestState, RequestStep } from './requests.schemas.js';

/** What of a request decides which step comes next. */
export interface RequestProgress {
  readonly state: RequestState;
  readonly receivedAt: Date;
  readonly dueOn: Day;
  readonly extended: boolean;
}

export type StepOutcome =
  | { readonly kind: 'moves'; readonly state: RequestState; readonly dueOn: Day }
  | { readonly kind: 'refused'; readonly reason: 'closed' | 'not-waiting' | 'extended-already' | 'told-too-late' | 'told-in-future' | 'told-before-request' };

/** Clocks run ahead a little, as with consents. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/**
 * What a step does to a request. Waiting for the person does not stop the clock: it may under conditions that nobody here can
 * check (doubt about who she is, asked without delay; EDPB Guidelines 01/2022), so the date shown is the careful one.
 */
export function decideStep(request: RequestProgress, step: RequestStep, now: Date): StepOutcome {
  const { state, dueOn } = request;
  if (state === 'done' || state === 'refused') return { kind: 'refused', reason: 'closed' };
  switch (step.step) {
    case 'assigned': return { kind: 'moves', state, dueOn };
    case 'asked-person': return { kind: 'moves', state: 'waiting-for-person', dueOn };
    case 'person-answered':
      if (state !== 'waiting-for-person') return { kind: 'refused', reason: 'not-waiting' };
      return { kind: 'moves', state: request.extended ? 'extended' : 'open', dueOn };
    case 'extended': return extend(request, step.toldAt, now);
    case 'done': return { kind: 'moves', state: 'done', dueOn };
    case 'refused': return wrongTime(request, step.toldAt, now) ?? { kind: 'moves', state: 'refused', dueOn };
    default: return step satisfies never;
  }
}

/** Once, by two further months, the person told within the first (Art. 12(3)); a request that waits for her keeps waiting. */
function extend(request: RequestProgress, toldAt: Date, now: Date): StepOutcome {
  if (request.extended) return { kind: 'refused', reason: 'extended-already' };
  const wrong = wrongTime(request, toldAt, now);
  if (wrong) return wrong;
  if (finnishDay(toldAt) > request.dueOn) return { kind: 'refused', reason: 'told-too-late' };
  const state = request.state === 'waiting-for-person' ? request.state : 'extended';
  return { kind: 'moves', state, dueOn: dueDate(finnishDay(request.receivedAt), MONTHS_WHEN_EXTENDED) };
}

function wrongTime({ receivedAt }: RequestProgress, toldAt: Date, now: Date): StepOutcome | undefined {
  if (toldAt.getTime() > now.getTime() + CLOCK_TOLERANCE_MS) return { kind: 'refused', reason: 'told-in-future' };
  return toldAt < receivedAt ? { kind: 'refused', reason: 'told-before-request' } : undefined;
}
