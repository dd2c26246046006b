import { createHash } from 'node:crypto';
import { defineFailure, Failure } from './failure.js';

export const IF_MATCH_MISSING = defineFailure({
  kind: 'precondition-required',
  code: 'if-match-missing',
  title: 'A change needs If-Match with the ETag of the version that you have read.',
});
export const IF_MATCH_INVALID = defineFailure({
  kind: 'malformed',
  code: 'if-match-invalid',
  title: 'If-Match must hold one strong ETag as this service gave it.',
});
export const VERSION_MISMATCH = defineFailure({
  kind: 'precondition-failed',
  code: 'version-mismatch',
  title: 'It has changed since you read it. Read it again and repeat your change on what you find.',
});

/** The strong entity tag of a version (RFC 9110 § 8.8.3): `etagOf(3)` is `"3"` with its quotes. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/**
 * The version that an If-Match header names.
 * `*`, lists and weak tags are refused: the caller must say which version was read (RFC 9110 § 13.1.1).
 * @throws Failure `if-match-missing` (428) or `if-match-invalid` (400).
 */
export function requireIfMatch(header: string | undefined): number {
  if (header === undefined || header.trim() === '') throw new Failure(IF_MATCH_MISSING);
  const version = Number(/^"([1-9][0-9]{0,14})"$/.exec(header.trim())?.[1]);
  if (!Number.isSafeInteger(version)) throw new Failure(IF_MATCH_INVALID);
  return version;
}

/** @throws Failure `version-mismatch` (412) when the stored version is not the one that was read. */
export function assertVersion(read: number, stored: number): void {
  if (read !== stored) throw new Failure(VERSION_MISMATCH);
}

/** The strong entity tag of content that has no version: a digest of it as JSON, so that its keys have to come in the same order each time. */
export function etagOfContent(content: object): string {
  return `"${createHash('sha256').update(JSON.stringify(content)).digest('base64url')}"`;
}

/**
 * The tag of content that an If-Match header names, with its quotes.
 * @throws Failure `if-match-missing` (428) or `if-match-invalid` (400).
 */
export function requireIfMatchTag(header: string | undefined): string {
  if (header === undefined || header.trim() === '') throw new Failure(IF_MATCH_MISSING);
  const tag = /^"[\w-]{43}"$/.exec(header.trim())?.[0];
  if (tag === undefined) throw new Failure(IF_MATCH_INVALID);
  return tag;
}

/** @throws Failure `version-mismatch` (412) when the content is not what was read. */
export function assertTag(read: string, current: string): void {
  if (read !== current) throw new Failure(VERSION_MISMATCH);
}
