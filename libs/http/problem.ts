import { z } from 'zod';
import type { Failure, FailureDefinition, FailureKind } from './failure.js';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

const STATUS: Readonly<Record<FailureKind, number>> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  gone: 410,
  'precondition-failed': 412,
  'too-large': 413,
  'unsupported-media-type': 415,
  invalid: 422,
  'precondition-required': 428,
  'too-many': 429,
  internal: 500,
  unavailable: 503,
};

/** The HTTP status of a kind of failure. */
export function statusOf(kind: FailureKind): number {
  return STATUS[kind];
}

/** A problem document (RFC 9457). `instance` is left out: it would put an address with an id into the answer. */
export const ProblemSchema = z
  .looseObject({
    type: z.string().meta({ description: 'Address of the explanation, relative to this service.' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    errors: z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem document' });
export type Problem = z.infer<typeof ProblemSchema>;

/** The problem document of a declared failure without the particulars of an occurrence. */
export function problemOfDefinition(definition: FailureDefinition): Problem {
  return { type: `/problems/${definition.code}`, title: definition.title, status: statusOf(definition.kind) };
}

/** The problem document of one occurrence. */
export function problemOf(failure: Failure): Problem {
  const { detail, errors, extra } = failure.context;
  return {
    ...extra,
    ...problemOfDefinition(failure.definition),
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors: errors.map((error) => ({ ...error })) }),
  };
}
