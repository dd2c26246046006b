import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { type ClientRequest, get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SCOPES } from '#auth/scopes.js';
import type { MarketingConfig } from '#marketing/marketing.config.js';
import type { Recipient } from '#marketing/exports/recipients.schemas.js';
import { waitFor } from '#test/support/wait-for.js';
import { RunningMarketing } from './running-marketing.js';

/** One who may be given anybody. */
const TESTER: Recipient = { id: 'tester', name: 'A tester', country: 'FI', channels: ['email', 'sms', 'phone', 'post'], purposes: ['marketing', 'research'], preset: 'csv' };

export interface Taken {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly content: Buffer;
  /** Whether it came to its end. */
  readonly isWhole: boolean;
}

/** Marketing with recipients and a directory for exports, and the ways a test takes what it exports. */
export class Exporting {
  private constructor(readonly marketing: RunningMarketing, readonly directory: string, private readonly changes: Partial<MarketingConfig>) {}

  static async prepare(name: string, exports: Partial<MarketingConfig['exports']> = {}): Promise<Exporting> {
    const marketing = await RunningMarketing.prepare(name);
    const directory = await mkdtemp(join(tmpdir(), 'lupa-exports-'));
    const recipients = [...marketing.config.exports.recipients, TESTER];
    const exporting = new Exporting(marketing, directory, { exports: { ...marketing.config.exports, directory, recipients, ...exports } });
    marketing.register.come();
    await exporting.start();
    return exporting;
  }

  /** Starts one more instance; the address it listens on. */
  async start(): Promise<string> {
    const app = await this.marketing.start(this.changes);
    await this.marketing.open();
    return app.getUrl();
  }

  async close(): Promise<void> {
    await this.marketing.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** People with email and post consent, each `width` bytes wide; their refs in the order of slots. */
  async populate(count: number, width = 10): Promise<string[]> {
    const rows = await this.marketing.database.query<{ ref: string }[]>(
      `WITH slots AS (INSERT INTO ref_state (ref, epoch, version, slot) SELECT gen_random_uuid(), 1, 1, nextval('contact_slot') FROM generate_series(1, $1) RETURNING ref, slot),
            people AS (
              INSERT INTO contact (ref, slot, first_name, occupation, email, email_digest, email_since, email_wording_id, email_wording_version, email_source,
                                   city, post_since, post_wording_id, post_wording_version, post_source)
              SELECT ref, slot, 'Person ' || slot, repeat('x', $2), 'person' || slot || '@example.fi', sha256(slot::text::bytea), '2026-01-02T03:04:05.678Z', 'newsletter', 2, 'web-shop',
                     'Tuusula', '2026-01-02T03:04:05.678Z', 'newsletter', 2, 'web-shop' FROM slots
              RETURNING ref, slot)
       SELECT ref FROM people ORDER BY slot`, [count, width]);
    return rows.map(({ ref }) => ref);
  }

  /** As a withdrawal is applied. */
  async leave(...refs: string[]): Promise<void> {
    await this.marketing.database.query('DELETE FROM contact WHERE ref = ANY ($1::uuid[])', [refs]);
  }

  /** As somebody is stored again who was here before. */
  async comeBack(...refs: string[]): Promise<void> {
    await this.marketing.database.query(
      `INSERT INTO contact (ref, slot, email, email_digest, email_since, email_wording_id, email_wording_version, email_source)
       SELECT ref, slot, 'back' || slot || '@example.fi', sha256(slot::text::bytea), now(), 'newsletter', 2, 'web-shop' FROM ref_state WHERE ref = ANY ($1::uuid[])`, [refs]);
  }

  /** Lists are refused from now on. */
  async goStale(): Promise<void> {
    await this.marketing.database.query(`UPDATE link_state SET watermark = watermark - interval '1 hour', issued_at = issued_at - interval '1 hour', received_at = received_at - interval '1 hour'`);
  }

  /** The id of a new export. */
  async request(wish: object = {}): Promise<string> {
    const { status, body } = await this.marketing.call('POST', '/v1/exports', { recipient: 'tester', purpose: 'marketing', channel: 'email', ...wish });
    if (status !== 201) throw new Error(`the export was answered ${status} ${JSON.stringify(body)}`);
    return String(body['id']);
  }

  async look(id: string): Promise<Record<string, unknown>> {
    return (await this.marketing.call('GET', `/v1/exports/${id}`)).body;
  }

  /** The export once it is in that state. */
  until(id: string, state: string): Promise<Record<string, unknown>> {
    return waitFor(`an export that is ${state}`, async () => {
      const body = await this.look(id);
      return body['state'] === state && body;
    });
  }

  /** A file that is ready. */
  async file(wish: object = {}): Promise<string> {
    const id = await this.request({ delivery: 'file', ...wish });
    await this.until(id, 'ready');
    return id;
  }

  /** Takes the content over a real connection. */
  async take(id: string, instance = 0): Promise<Taken> {
    return rest(await this.hold(id, instance));
  }

  /** Begins to take the content, and reads nothing of it yet. */
  async hold(id: string, instance = 0): Promise<IncomingMessage> {
    const app = this.marketing['apps'][instance]!;
    const authorization = await this.marketing['tokens'].bearer({ scopes: SCOPES });
    const url = `${await app.getUrl()}/v1/exports/${id}/content`;
    return new Promise((resolve, reject) => {
      const request: ClientRequest = get(url, { headers: { authorization }, agent: false }, resolve);
      request.once('error', reject);
    });
  }

  async removals(recipient = 'tester', query = ''): Promise<{ refs: string[]; upTo: number; more: boolean; all: Record<string, unknown>[] }> {
    const { status, body } = await this.marketing.call('GET', `/v1/recipients/${recipient}/removals${query}`);
    if (status !== 200) throw new Error(`the removals were answered ${status} ${JSON.stringify(body)}`);
    const all = body['removals'] as Record<string, unknown>[];
    return { refs: all.map(({ ref }) => String(ref)), upTo: Number(body['upTo']), more: body['more'] === true, all };
  }

  acknowledge(upTo: number, recipient = 'tester'): Promise<{ status: number; body: Record<string, unknown> }> {
    return this.marketing.call('POST', `/v1/recipients/${recipient}/removals/acknowledgements`, { upTo });
  }
}

/** Reads what is left of an answer. */
export async function rest(response: IncomingMessage): Promise<Taken> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  } catch {
    // It broke off: `complete` tells.
  }
  return { status: response.statusCode ?? 0, headers: response.headers, content: Buffer.concat(chunks), isWhole: response.complete };
}

export const someId = (): string => randomUUID();
