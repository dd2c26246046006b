import { z } from 'zod';
import type { FieldError } from './failure.js';
import { humanMessage } from './validation-messages.js';
import { isSayable, pointerOf } from './pointer.js';

/** More would help nobody, and a list of a thousand bad items must not make a huge answer. */
const MAX_ERRORS = 50;

/** Where a value came from: decides how its parts are named. */
export type ValuePlace = { readonly in: 'body' } | { readonly in: 'parameter'; readonly name?: string | undefined };

export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errors: FieldError[] };

/**
 * Checks a value against a synchronous zod schema. Every error names its field and says what would be right;
 * none repeats what was sent. A refinement gives its own code by `params: { code: 'hetu' }`.
 */
export function check<T>(schema: z.ZodType<T>, value: unknown, place: ValuePlace): Checked<T> {
  const result = schema.safeParse(value, { error: humanMessage });
  if (result.success) return { ok: true, value: result.data };
  const errors = result.error.issues.flatMap((issue) => errorsOf(issue, [], value, place)).slice(0, MAX_ERRORS);
  return { ok: false, errors };
}

function errorsOf(issue: z.core.$ZodIssue, base: readonly PropertyKey[], root: unknown, place: ValuePlace): FieldError[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const possible = issue.message === '' ? '' : `; ${issue.message}`;
    return issue.keys.map((key) =>
      isSayable(key)
        ? { pointer: name([...path, key], place), code: 'unknown-field', detail: `${key} is not a known field${possible}` }
        : { pointer: name(path, place), code: 'unknown-field', detail: `an unknown field${possible}` },
    );
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // The branch with the fewest complaints is the one that was most likely meant.
    const nearest = [...issue.errors].sort((a, b) => a.length - b.length)[0] ?? [];
    return nearest.flatMap((inner) => errorsOf(inner, path, root, place));
  }
  return [{ pointer: name(path, place), code: codeOf(issue, valueAt(root, path)), detail: issue.message }];
}

function name(path: readonly PropertyKey[], place: ValuePlace): string {
  const segments = path.map((segment) => (typeof segment === 'symbol' ? '' : segment));
  if (place.in === 'body') return pointerOf(segments);
  return [...(place.name === undefined ? [] : [place.name]), ...segments.map(String).filter(isSayable)].join('.');
}

function codeOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined && issue.code !== 'custom') return 'required';
  switch (issue.code) {
    case 'invalid_type':
      return 'wrong-type';
    case 'too_small':
      return issue.origin === 'string' ? 'too-short' : issue.origin === 'array' ? 'too-few' : 'too-small';
    case 'too_big':
      return issue.origin === 'string' ? 'too-long' : issue.origin === 'array' ? 'too-many' : 'too-big';
    case 'invalid_format':
      return 'wrong-format';
    case 'invalid_value':
    case 'invalid_union':
      return 'not-allowed';
    case 'custom': {
      const code: unknown = issue.params?.['code'];
      return typeof code === 'string' ? code : 'not-acceptable';
    }
    default:
      return 'not-acceptable';
  }
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
