/** Any dash a keyboard or a word processor makes counts as a hyphen. Separators of the centuries since the reform of 2023 (Population Information Act, VTJ): + 1800s, -UVWXY 1900s, A–F 2000s. */
const SHAPE = /(?<![0-9A-Za-z])(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d{2}[-\u2010-\u2015\u2212+ABCDEFUVWXY]\d{3}[0-9A-FHJ-NPR-Y](?![0-9A-Za-z])/i;

/**
 * Whether the text holds something of the shape of a Finnish personal identity code (henkilötunnus).
 * The check character is not asked for: a mistyped code identifies a person just as well to a reader.
 */
export function holdsPersonalIdentityCode(text: string): boolean {
  return SHAPE.test(text.normalize('NFKC'));
}
