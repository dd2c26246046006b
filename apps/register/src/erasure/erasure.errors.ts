import { defineFailure } from '#http/failure.js';

export const ERASURE_CASE_NOT_FOUND = defineFailure({ kind: 'not-found', code: 'erasure-case-not-found', title: 'There is no erasure case with this id.' });
