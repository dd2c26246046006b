/** Longest life of any token, in seconds. */
export const TOKEN_LIFE_SECONDS = 900;
/** Life of a token for one customer, in seconds. */
export const CUSTOMER_TOKEN_LIFE_SECONDS = 600;

/** A new key is published this long before it signs, so that every cache has learnt it. */
const LEARNING_MS = 60_000;
/** Differences between clocks. */
const MARGIN_MS = 60_000;

/** When a key does what. */
export interface KeyTimes {
  readonly signsFrom: Date;
  /** Null: not being replaced. */
  readonly retiresAt: Date | null;
}

/** The keys that verify tokens, which are those that are published. */
export function verifyingKeys<Key extends KeyTimes>(keys: readonly Key[], now: Date): Key[] {
  return keys.filter(({ retiresAt }) => retiresAt === null || retiresAt > now);
}

/** The key that signs: the latest that has begun to. Undefined when there is none. */
export function signingKey<Key extends KeyTimes>(keys: readonly Key[], now: Date): Key | undefined {
  return verifyingKeys(keys, now)
    .filter(({ signsFrom }) => signsFrom <= now)
    .sort((a, b) => b.signsFrom.getTime() - a.signsFrom.getTime())[0];
}

/**
 * The times of a rotation: when the new key begins to sign, and when the keys before it retire, which is when the last token
 * that they can have signed has expired.
 */
export function rotation(now: Date): { signsFrom: Date; othersRetireAt: Date } {
  const signsFrom = new Date(now.getTime() + LEARNING_MS);
  return { signsFrom, othersRetireAt: new Date(signsFrom.getTime() + TOKEN_LIFE_SECONDS * 1_000 + MARGIN_MS) };
}
