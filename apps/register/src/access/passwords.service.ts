import { Algorithm, hash, verify } from '@node-rs/argon2';
import { createHmac, timingSafeEqual } from 'node:crypto';

/** The parameters that OWASP's Password Storage Cheat Sheet gives for argon2id: 19 MiB, two passes, one lane. */
const ARGON2 = { algorithm: Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Fewest characters of a password (NIST SP 800-63B § 5.1.1.2 asks for 8 at least; these open a whole register). */
export const PASSWORD_MIN_LENGTH = 12;
/** Fewest characters of a program's secret when the operator chooses it. */
export const SECRET_MIN_LENGTH = 32;

export function hashPassword(password: string): Promise<string> {
  return hash(normalised(password), ARGON2);
}

let decoy: Promise<string> | undefined;

/** Costs the same whether the user exists (`stored` given) or not, so that time does not tell user names. */
export async function passwordMatches(stored: string | undefined, password: string): Promise<boolean> {
  decoy ??= hashPassword('nobody has this password');
  const matches = await verify(stored ?? (await decoy), normalised(password));
  return matches && stored !== undefined;
}

/** Keyed, so that a stolen table cannot be used to test guesses. */
export function hashSecret(secret: string, key: Buffer): Buffer {
  return createHmac('sha256', key).update('program-secret:').update(secret).digest();
}

/** Takes the same time whatever differs, and for an unknown program too. */
export function secretMatches(stored: Buffer | undefined, secret: string, key: Buffer): boolean {
  const given = hashSecret(secret, key);
  return timingSafeEqual(stored ?? Buffer.alloc(given.length), given) && stored !== undefined;
}

/** The same password typed on two keyboards can differ in its bytes (NIST SP 800-63B: NFKC). */
function normalised(password: string): string {
  return password.normalize('NFKC');
}
