/**
 * What of an erased person is to be found in this database although she is erased, and why: the one list of it. Her reference stays in
 * `erasure_case.statement` and `.certificate` too, within what marketing has signed: in base64url, where no search finds it.
 */
export const REGISTER_TOMBSTONES = [
  { table: 'public.erasure_case', column: 'ref', kind: 'ref', reason: 'the case: by it marketing’s answer is known to be hers' },
  // eslint-disable-next-line no-restricted-syntax -- it is read here, and only by whoever looks for what is left
  { table: 'public.sync_pending', column: 'ref', kind: 'ref', reason: 'until marketing has answered, also when it is told again' },
] as const;
