/**
 * Names that may be repeated to the caller, and places in a list; anything else could be data sent in the wrong place, such as an
 * address, a phone number or a personal identity code.
 */
const SAYABLE = /^([A-Za-z_][\w.-]{0,63}|\d{1,5})$/;

/** Whether a field name that the caller has made up may be repeated. */
export function isSayable(name: string): boolean {
  return SAYABLE.test(name);
}

/**
 * JSON pointer in URI fragment form (RFC 6901 § 6) into the body: `#/contact/email`; `#` is the body itself.
 * Stops before the first segment that cannot be repeated.
 */
export function pointerOf(path: readonly (string | number)[]): string {
  const segments: string[] = [];
  for (const segment of path.map(String)) {
    if (!isSayable(segment)) break;
    segments.push(segment);
  }
  return segments.length === 0 ? '#' : `#/${segments.join('/')}`;
}
