const SLASH = '/';
/** Letters that names given by programs have; and neither an address nor a number that could be a telephone's. */
const ORDINARY = /^[\w.@+-]{1,120}$/;
const PERSONAL = /@[^.]*\.[a-z]{2,}|\d{9,}/i;

/**
 * A path that may be shown and logged: a part that holds something sought, or could be somebody's address, is left out. Where to look can be told by the rest.
 * @param holdsSought of the part
 */
export function safePath(path: Buffer, holdsSought: (part: Buffer) => boolean): string {
  if (path.length === 0) return '.';
  return path.toString('utf8').split(SLASH)
    .map((part) => (ORDINARY.test(part) && !PERSONAL.test(part) && !holdsSought(Buffer.from(part)) ? part : '…'))
    .join(SLASH);
}
