import { createHash, randomInt, randomUUID } from 'node:crypto';
import type { Channel } from '#contracts/channel.js';
import type { Answer, Pair } from './pair.js';

const TEXT = 'Haluan uutiskirjeen. Voin perua luvan milloin tahansa.';
/** What grants name, once `prepare` has registered it. */
export const WORDING = { id: 'newsletter', version: 1, language: 'fi', sha256: createHash('sha256').update(TEXT).digest('hex') };

/** A customer as a test knows her. */
export interface Someone {
  readonly id: string;
  /** Unique; stands in her names, email and street. */
  readonly marker: string;
}

/** A number of her own: a number that is suppressed is closed for everybody who has it. */
const phoneOf = (): string => `+35845${String(randomInt(1_000_000, 10_000_000))}`;

/** What tests do to customers, over REST. Every function rejects unless the register has accepted it. */
export class People {
  private lastDecision = 0;

  constructor(private readonly pair: Pair) {}

  /** Registers the wording that grants name. */
  async prepare(): Promise<void> {
    await this.accepted(this.pair.call('PUT', '/v1/wordings/newsletter/1/fi', { purpose: 'marketing', text: TEXT }));
  }

  /** A customer who can be reached on every channel and has granted the given ones. */
  async create(...channels: readonly Channel[]): Promise<Someone> {
    const marker = `m${randomUUID().replaceAll('-', '')}`;
    const body = await this.accepted(this.pair.call('POST', '/v1/customers', {
      contact: {
        firstName: marker, lastName: marker, email: `${marker}@example.fi`, phone: phoneOf(), language: 'fi',
        address: { street: `${marker} 4`, postalCode: '04300', city: 'Tuusula' },
      },
      demographics: { birthYear: 1987, occupation: marker }, interests: ['balloons', 'birthday'],
      consents: [...new Set(channels)].map((channel) => ({ purpose: 'marketing', channel, ...this.decision('granted') })),
    }));
    return { id: String(body['id']), marker };
  }

  grant(who: Someone, channel: Channel): Promise<Answer['body']> {
    return this.change(who, 'PUT', `/consents/marketing/${channel}`, this.decision('granted'));
  }

  withdraw(who: Someone, channel: Channel): Promise<Answer['body']> {
    return this.change(who, 'PUT', `/consents/marketing/${channel}`, this.decision('withdrawn'));
  }

  stopAll(who: Someone): Promise<Answer['body']> {
    return this.change(who, 'POST', '/stop-all', this.evidence());
  }

  object(who: Someone): Promise<Answer['body']> {
    return this.change(who, 'PUT', '/objection', this.evidence());
  }

  restrict(who: Someone): Promise<Answer['body']> {
    return this.change(who, 'PUT', '/restriction', { reason: 'accuracy-contested' });
  }

  /** Tells her first, as the law wants it. */
  async lift(who: Someone): Promise<Answer['body']> {
    await this.change(who, 'PUT', '/restriction/notice', { sentAt: new Date().toISOString(), sentBy: 'email' });
    return this.change(who, 'DELETE', '/restriction');
  }

  end(who: Someone): Promise<Answer['body']> {
    return this.change(who, 'PUT', '/end', { endedAt: new Date().toISOString(), reason: 'by-customer' });
  }

  resume(who: Someone): Promise<Answer['body']> {
    return this.change(who, 'DELETE', '/end');
  }

  erase(who: Someone): Promise<Answer['body']> {
    return this.change(who, 'DELETE', '');
  }

  /** Markers of the people marketing lists for the channel now. @throws Error when it refuses */
  async listed(channel: Channel): Promise<string[]> {
    const { status, body } = await this.pair.ask('POST', '/v1/audience/query', { channel, limit: 1_000 });
    if (status !== 200) throw new Error(`the list answered ${status} ${String(body['type'])}`);
    return (body['contacts'] as { lastName: string }[]).map(({ lastName }) => lastName);
  }

  private decision(decision: 'granted' | 'withdrawn'): object {
    return { decision, ...this.evidence(), ...(decision === 'granted' ? { wording: WORDING } : {}) };
  }

  /** Every decision is later than the one before it, also within a millisecond. */
  private evidence(): object {
    this.lastDecision = Math.max(Date.now(), this.lastDecision + 1);
    return { decidedAt: new Date(this.lastDecision).toISOString(), method: 'account-settings', sourceSystem: 'web-shop' };
  }

  private change(who: Someone, method: string, path: string, body?: object): Promise<Answer['body']> {
    return this.accepted(this.pair.call(method, `/v1/customers/${who.id}${path}`, body));
  }

  private async accepted(answer: Promise<Answer>): Promise<Answer['body']> {
    const { status, body } = await answer;
    if (status >= 300) throw new Error(`the register answered ${status} ${String(body['type'])}`);
    return body;
  }
}
