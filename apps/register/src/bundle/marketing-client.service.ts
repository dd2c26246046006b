import { Injectable } from '@nestjs/common';
import { firstValueFrom } from 'rxjs';
import { type HeldPosition, type PersonHeldReply, PersonHeldReplySchema } from '#contracts/person-held.v1.js';
import { Failure } from '#http/failure.js';
import { ConfirmingClient } from '#messaging/confirming-client.js';
import { RpcRefused, RpcUnavailable } from '#messaging/messaging.errors.js';
import { MARKETING_AWAY } from './bundle.errors.js';

const RETRY_AFTER_SECONDS = 10;

/** Everything that marketing holds of one person, all pages together. */
export type HeldByMarketing = Omit<PersonHeldReply, 'schema' | 'next'>;

/** Asks marketing, over direct reply-to: what it says stands in no queue. */
@Injectable()
export class MarketingClient {
  constructor(private readonly client: ConfirmingClient) {}

  /** @throws Failure `marketing-away` */
  async held(ref: string): Promise<HeldByMarketing> {
    const first = await this.page(ref, { export: 0, read: 0 });
    const { schema: _schema, next: _next, ...held } = first;
    let { next } = first;
    while (next !== null) {
      const page = await this.page(ref, next);
      held.exports.push(...page.exports);
      held.reads.push(...page.reads);
      next = page.next;
    }
    return held;
  }

  private async page(ref: string, after: HeldPosition): Promise<PersonHeldReply> {
    const reply = await firstValueFrom(this.client.send<unknown>('person.held.get', { schema: 'person.held.get.v1', ref, after })).catch((error: unknown) => {
      if (error instanceof RpcUnavailable || error instanceof RpcRefused) throw new Failure(MARKETING_AWAY, { retryAfterSeconds: RETRY_AFTER_SECONDS });
      throw error;
    });
    const parsed = PersonHeldReplySchema.safeParse(reply);
    // What it said is not repeated: it is personal data.
    if (!parsed.success) throw new Error('marketing sent a reply that does not fit the contract');
    return parsed.data;
  }
}
