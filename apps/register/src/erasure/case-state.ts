import type { CASE_STATES } from './erasure-case.schemas.js';

/** What of a case tells where it is. */
export interface CaseProgress {
  readonly answered: boolean;
  readonly hasFindings: boolean;
  readonly closed: boolean;
}

/** Where a case is; LIST_CASES asks the same of the database. */
export function stateOf({ answered, hasFindings, closed }: CaseProgress): (typeof CASE_STATES)[number] {
  if (closed) return 'closed';
  if (!answered) return 'waiting-for-marketing';
  return hasFindings ? 'found' : 'searching';
}
