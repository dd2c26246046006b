import type { ExpectedValue } from '#search/search-database.js';

/** What stays here of a person who is erased: her reference, which leads to nobody since the register has deleted its tie to her. All else is a finding. */
export const TOMBSTONES: readonly ExpectedValue[] = [
  { table: 'public.ref_state', column: 'ref', kind: 'ref', reason: 'the tombstone: a message from before the erasure, however late it comes, finds it and changes nothing' },
  { table: 'public.answer', column: 'ref', kind: 'ref', reason: 'an answer about the erasure that is on its way to the register; deleted when the broker has it' },
];
