import { Failure, type FieldError } from './failure.js';
import { INVALID_REQUEST, MALFORMED_JSON } from './http.errors.js';
import { pointerOf } from './pointer.js';

/** Deepest nesting of objects and lists that a body may have. */
export const MAX_DEPTH = 32;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * A request body as JSON (RFC 8259); undefined when it is empty.
 * Strict where JavaScript is lenient: invalid UTF-8, nesting past 32, and members that reach for a prototype
 * are refused as `malformed-json` (400). Text that PostgreSQL cannot hold (NUL, half a surrogate pair) is `invalid-request` (422).
 */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  const text = decode(body);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the body, so it is not repeated.
    throw malformed('The body is not valid JSON.');
  }
  // Only an escape can bring these characters in: raw ones are no valid JSON or no valid UTF-8.
  const errors: FieldError[] = [];
  inspect(value, [], /\\u(0000|d[89a-f])/i.test(text) ? errors : undefined);
  if (errors.length > 0) throw new Failure(INVALID_REQUEST, { errors });
  return value;
}

function decode(body: Buffer): string {
  try {
    return decoder.decode(body);
  } catch {
    throw malformed('The body is not valid UTF-8.');
  }
}

function inspect(value: unknown, path: readonly string[], unstorable: FieldError[] | undefined): void {
  if (typeof value === 'string') {
    if (unstorable && isUnstorable(value)) unstorable.push(unstorableError(pointerOf(path)));
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (path.length >= MAX_DEPTH) {
    throw malformed(`The body is nested deeper than ${MAX_DEPTH} levels.`, [
      { pointer: pointerOf(path), code: 'too-deep', detail: `must not be nested deeper than ${MAX_DEPTH} levels` },
    ]);
  }
  for (const key of Object.keys(value)) {
    if (key === '__proto__') throw malformed('The body has a member that no body may have.');
    if (unstorable && isUnstorable(key)) unstorable.push(unstorableError(pointerOf(path)));
    const member = (value as Record<string, unknown>)[key];
    if (key === 'constructor' && typeof member === 'object' && member !== null && Object.hasOwn(member, 'prototype')) {
      throw malformed('The body has a member that no body may have.');
    }
    if (typeof member === 'string' && !unstorable) continue;
    inspect(member, [...path, key], unstorable);
  }
}

/** Whether PostgreSQL has no way to hold this text: it contains NUL or half of a surrogate pair. */
export function isUnstorable(text: string): boolean {
  return text.includes('\0') || LONE_SURROGATE.test(text);
}

export function unstorableError(pointer: string): FieldError {
  return { pointer, code: 'unstorable-character', detail: 'must not contain NUL or broken characters' };
}

function malformed(detail: string, errors?: FieldError[]): Failure {
  return new Failure(MALFORMED_JSON, { detail, ...(errors === undefined ? {} : { errors }) });
}
