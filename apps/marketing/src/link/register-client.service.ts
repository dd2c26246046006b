import { Injectable } from '@nestjs/common';
import { firstValueFrom } from 'rxjs';
import type { z } from 'zod';
import { type ProjectionReply, ProjectionReplySchema } from '#contracts/projection.v1.js';
import { type BucketReply, BucketReplySchema, type DigestReply, DigestReplySchema } from '#contracts/reconcile.v1.js';
import { type NeedlesReply, NeedlesReplySchema, UNKNOWN_ROUND } from '#contracts/search.v1.js';
import { ConfirmingClient } from '#messaging/confirming-client.js';
import { RpcRefused } from '#messaging/messaging.errors.js';

/** The register sent a reply that does not fit the contract; what it said is not repeated, it may hold personal data. */
export class UnreadableReply extends Error {
  override readonly name = 'UnreadableReply';
  readonly code = 'UnreadableReply';
}

/**
 * Questions to the register, over direct reply-to.
 * All throw RpcUnavailable when the register is away, RpcRefused when it refuses, UnreadableReply.
 */
@Injectable()
export class RegisterClient {
  constructor(private readonly client: ConfirmingClient) {}

  /** What marketing may hold of each reference now; 1–500 of them. */
  projections(refs: readonly string[]): Promise<ProjectionReply> {
    return this.ask('projection.get', { schema: 'projection.get.v1', refs }, ProjectionReplySchema);
  }

  digests(buckets: readonly number[]): Promise<DigestReply> {
    return this.ask('digest.get', { schema: 'digest.get.v1', buckets }, DigestReplySchema);
  }

  bucket(bucket: number): Promise<BucketReply> {
    return this.ask('bucket.get', { schema: 'bucket.get.v1', bucket }, BucketReplySchema);
  }

  /** A page of what to search for in a round; undefined when the round is over. */
  async needles(roundId: string, after: string | null): Promise<NeedlesReply | undefined> {
    try {
      return await this.ask('search.needles.get', { schema: 'search.needles.get.v1', roundId, after }, NeedlesReplySchema);
    } catch (error) {
      if (error instanceof RpcRefused && error.remoteCode === UNKNOWN_ROUND) return undefined;
      throw error;
    }
  }

  private async ask<T>(pattern: string, request: object, schema: z.ZodType<T>): Promise<T> {
    const parsed = schema.safeParse(await firstValueFrom(this.client.send<unknown>(pattern, request)));
    if (!parsed.success) throw new UnreadableReply();
    return parsed.data;
  }
}
