import type { Day } from './finnish-holidays.js';
import type { RequestKind, RequestState } from './requests.schemas.js';

/** How often one person’s requests of one kind are taken in before any is answered; whoever repeats the same words adds nothing. */
const MOST_TAKEN_IN = 20;

/** One time that an open request was taken in: the first, or by what joined it. In the order of receipt. */
export interface TakenIn {
  readonly id: string;
  readonly state: RequestState;
  readonly dueOn: Day;
  readonly receivedAt: Date;
  readonly assignee: string;
  readonly actor: string;
  readonly actorKind: string;
  readonly note: string | null;
}

export interface Asked extends Pick<TakenIn, 'receivedAt' | 'actor' | 'actorKind' | 'note'> {
  readonly kind: RequestKind;
}

/** `adds`: who it came through, or what was said, is not on record yet. */
export type Intake =
  | { readonly kind: 'opens' }
  | { readonly kind: 'joins'; readonly request: TakenIn; readonly adds: boolean }
  | { readonly kind: 'too-many' };

/**
 * Whether a request is one more, or the one that is open already, asked for again: one answer serves both, and is due for the first.
 * So what came in earlier than all that is on record is one more, with an earlier due date, and so is each thing to rectify.
 * @param open every time that the open requests of the person and kind were taken in
 */
export function decideIntake(open: readonly TakenIn[], asked: Asked): Intake {
  const alike = open.filter(({ receivedAt, note }) => receivedAt <= asked.receivedAt && (asked.kind !== 'rectification' || note === asked.note));
  const said = alike.find(({ actor, actorKind, note }) => actor === asked.actor && actorKind === asked.actorKind && note === asked.note);
  if (said) return { kind: 'joins', request: said, adds: false };
  if (open.length >= MOST_TAKEN_IN) return { kind: 'too-many' };
  return alike[0] ? { kind: 'joins', request: alike[0], adds: true } : { kind: 'opens' };
}
