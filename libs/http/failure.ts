/**
 * What can go wrong, told without HTTP: features throw a Failure, the problem filter speaks RFC 9457.
 * A failure's code, title and detail are shown to callers and may be logged, so none may carry personal data.
 */

/** The families of failures; the problem filter gives each its status. */
export const FAILURE_KINDS = [
  'invalid',
  'malformed',
  'unauthenticated',
  'forbidden',
  'not-found',
  'method-not-allowed',
  'conflict',
  'gone',
  'precondition-failed',
  'too-large',
  'unsupported-media-type',
  'precondition-required',
  'too-many',
  'internal',
  'unavailable',
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** One thing that can go wrong: `code` is kebab-case and for ever, `title` one sentence for a person. */
export interface FailureDefinition {
  readonly kind: FailureKind;
  readonly code: string;
  readonly title: string;
}

/** What is wrong with one part of a request. Never repeats the value sent. */
export interface FieldError {
  /** RFC 6901 in fragment form into the body (`#/contact/email`), or the name of a header, query or path parameter. */
  readonly pointer: string;
  /** Kebab-case, for programs: `required`, `unknown-field`, `too-long`… */
  readonly code: string;
  /** For a person: «must be an email address». */
  readonly detail: string;
}

export interface FailureContext {
  /** One sentence about this occurrence. */
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** Extension members of the problem document (RFC 9457 § 3.2). */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
  /** Response headers that the failure calls for, such as WWW-Authenticate. */
  readonly headers?: Readonly<Record<string, string>>;
}

const catalogue = new Map<string, FailureDefinition>();

/**
 * Declares a failure and lists it in the catalogue served at /problems.
 * @throws Error when the code is not kebab-case or already stands for something else.
 */
export function defineFailure(definition: FailureDefinition): FailureDefinition {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(definition.code)) throw new Error(`failure code ${definition.code} is not kebab-case`);
  const known = catalogue.get(definition.code);
  if (known && (known.kind !== definition.kind || known.title !== definition.title)) {
    throw new Error(`failure code ${definition.code} is defined twice`);
  }
  catalogue.set(definition.code, definition);
  return definition;
}

/** Every failure declared in this process, sorted by code. */
export function failureCatalogue(): FailureDefinition[] {
  return [...catalogue.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
}

/** The failure with that code, if any is declared. */
export function findFailure(code: string): FailureDefinition | undefined {
  return catalogue.get(code);
}

/** An occurrence of a declared failure. */
export class Failure extends Error {
  readonly definition: FailureDefinition;
  readonly context: FailureContext;

  constructor(definition: FailureDefinition, context: FailureContext = {}) {
    super(definition.code);
    this.name = 'Failure';
    this.definition = definition;
    this.context = context;
  }

  get code(): string {
    return this.definition.code;
  }
}
