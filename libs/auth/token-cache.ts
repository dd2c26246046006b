import { createHash } from 'node:crypto';
import type { Caller } from './caller.js';

/** Verified callers kept in memory at once; about 5 MB. */
const CAPACITY = 10_000;

/**
 * Remembers verified tokens by their SHA-256 until they expire, because checking an ES256 signature costs more than
 * all other work of most requests. A key that is withdrawn early therefore opens doors until its tokens expire (15 min at most).
 */
export class TokenCache {
  private readonly entries = new Map<string, { caller: Caller; expiresAt: number }>();

  constructor(
    private readonly capacity = CAPACITY,
    private readonly now: () => number = Date.now,
  ) {}

  get(token: string): Caller | undefined {
    const key = keyOf(token);
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    if (entry.expiresAt > this.now()) return entry.caller;
    this.entries.delete(key);
    return undefined;
  }

  /** @param expiresAt in milliseconds since 1970. */
  put(token: string, caller: Caller, expiresAt: number): void {
    if (this.entries.size >= this.capacity) {
      const oldest = this.entries.keys().next();
      if (!oldest.done) this.entries.delete(oldest.value);
    }
    this.entries.set(keyOf(token), { caller, expiresAt });
  }
}

function keyOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
