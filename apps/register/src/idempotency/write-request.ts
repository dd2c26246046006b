import { createHmac } from 'node:crypto';

/** One write as it came in: what its Idempotency-Key (draft-ietf-httpapi-idempotency-key-header) stands for. */
export interface WriteRequest {
  readonly key: string;
  /** Keys of different callers never meet. */
  readonly caller: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly ifMatch: string | undefined;
}

/** What a write answers and the store keeps word for word: never personal data. */
export interface WriteAnswer {
  readonly status: 200 | 201 | 202;
  readonly body: Readonly<Record<string, string | number | boolean | null>>;
  readonly etag?: string;
  readonly location?: string;
}

export interface WriteIdentity {
  readonly keyHash: Buffer;
  /** Keyed, because a plain hash of a body with a known shape can be guessed. */
  readonly fingerprint: Buffer;
  /** For pg_try_advisory_xact_lock: the first 8 bytes of the key hash. */
  readonly lock: string;
}

export function identify(hmacKey: Buffer, request: WriteRequest): WriteIdentity {
  const keyHash = createHmac('sha256', hmacKey).update(`idempotency\0${request.caller}\0${request.key}`).digest();
  const content = JSON.stringify([request.method, request.path, request.ifMatch ?? null, request.body ?? null]);
  const fingerprint = createHmac('sha256', hmacKey).update(`fingerprint\0${content}`).digest();
  return { keyHash, fingerprint, lock: keyHash.readBigInt64BE(0).toString() };
}
