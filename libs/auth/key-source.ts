import { createRemoteJWKSet, errors } from 'jose';
import { KeyObject } from 'node:crypto';
import { Failure } from '#http/failure.js';
import { KEYS_UNAVAILABLE } from './auth.errors.js';

/** Where the public keys of tokens come from: the register has its own key ring, other services ask the register. */
export interface KeySource {
  /**
   * The public key in SPKI PEM; undefined when no such key exists.
   * @throws Failure `keys-unavailable` (503) when that cannot be told now.
   */
  publicKey(kid: string): Promise<string | undefined>;
}

const PATIENCE_MS = 3_000;

/** In milliseconds. */
export interface KeyTiming {
  /** How long fetched keys are used without asking again. */
  readonly cache: number;
  /** At most one look at the address in this time, so that made-up key ids cannot be used to flood the register. */
  readonly cooldown: number;
  /** Longer than any token lives: while the register is away, tokens it has already given stay usable. */
  readonly remember: number;
}
const TIMING: KeyTiming = { cache: 5 * 60_000, cooldown: 2_000, remember: 60 * 60_000 };

/** Keys from a JWKS address (RFC 7517). A key id not seen before is looked up at once. */
export class RemoteKeys implements KeySource {
  private readonly keySet: ReturnType<typeof createRemoteJWKSet>;
  private readonly remembered = new Map<string, { pem: string; until: number }>();

  constructor(
    jwksUri: string,
    private readonly timing: KeyTiming = TIMING,
    private readonly now: () => number = Date.now,
  ) {
    this.keySet = createRemoteJWKSet(new URL(jwksUri), {
      timeoutDuration: PATIENCE_MS,
      cooldownDuration: timing.cooldown,
      cacheMaxAge: timing.cache,
    });
  }

  async publicKey(kid: string): Promise<string | undefined> {
    try {
      const key = await this.keySet({ alg: 'ES256', kid });
      const pem = KeyObject.from(key).export({ type: 'spki', format: 'pem' }).toString();
      this.remembered.set(kid, { pem, until: this.now() + this.timing.remember });
      return pem;
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) {
        this.remembered.delete(kid);
        return undefined;
      }
      const known = this.remembered.get(kid);
      if (known && known.until > this.now()) return known.pem;
      throw new Failure(KEYS_UNAVAILABLE, { retryAfterSeconds: 2 });
    }
  }
}
