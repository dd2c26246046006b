import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { SCOPES, type Scope } from '#auth/scopes.js';
import { JsonLogger } from '#http/logger.js';
import { Metrics } from '#http/metrics.js';
import { TokenService } from '#register/access/token.service.js';
import { registerDataSource } from '#register/database/data-source.js';
import { erasureLogDataSource } from '#register/erasure-log/erasure-log.data-source.js';
import { startRegister } from '#register/register.app.js';
import { readRegisterConfig } from '#register/register.config.js';
import { createVhost, type TestVhost } from './broker.js';
import { createTestDatabase } from './database.js';
import { ServiceLog } from './service-log.js';

/** An answer of the register, its JSON parsed. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // What comes back is what the test asks about.
  readonly body: Record<string, unknown>;
}

export interface CallOptions {
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: Buffer | string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly token?: string;
}

/** The register as it runs, on a database and a virtual host of its own. */
export interface TestRegister {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly database: DataSource;
  readonly databaseUrl: string;
  readonly erasureLogUrl: string;
  readonly vhost: TestVhost;
  /** Everything the service has logged, line by line. */
  readonly log: readonly string[];
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** A token of a customer, or of a program or staff with these scopes. */
  token(wish: { kind?: 'program' | 'staff' | 'customer'; subject?: string; scopes?: readonly Scope[]; lifetime?: number }): Promise<string>;
  stop(): Promise<void>;
}

export const WORDING_TEXT = 'Haluan uutiskirjeen. Voin perua luvan milloin tahansa.';
export const WORDING = { id: 'newsletter', version: 1, language: 'fi', sha256: createHash('sha256').update(WORDING_TEXT).digest('hex') };

/**
 * Starts the register in this process, with the wording of `grant` registered.
 * @param environment besides the usual one, such as REGISTER_PROFILE
 */
export async function startTestRegister(label: string, environment: Readonly<Record<string, string>> = {}): Promise<TestRegister> {
  const [database, erasureLog, vhost] = await Promise.all([
    createTestDatabase(`register-${label}`, registerDataSource), createTestDatabase(`register-${label}-log`, erasureLogDataSource), createVhost(`register-${label}`),
  ]);
  const log = new ServiceLog('register');
  const config = readRegisterConfig({
    REGISTER_DATABASE_URL: database.url, REGISTER_ERASURE_LOG_URL: erasureLog.url, AMQP_URL: vhost.url, REGISTER_PORT: '0', LINK_DIGEST_KEY: key(),
    REGISTER_INDEX_KEY: key(), REGISTER_KEY_ENCRYPTION_KEY: key(), ...environment,
  });
  const logger = new JsonLogger('register', 'debug', log);
  const app = await startRegister({ config, logger, metrics: new Metrics('register') });
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  const tokens = app.get(TokenService, { strict: false });
  const token: TestRegister['token'] = async ({ kind = 'program', subject = 'shop', scopes = SCOPES, lifetime = 900 }) =>
    (await tokens.issue({ kind, subject, roles: [], scopes: [...scopes] }, lifetime)).access_token;
  const everything = await token({});

  const call: TestRegister['call'] = async (method, path, { body, raw, headers = {}, token: given = everything } = {}) => {
    const all: Record<string, string | undefined> = {
      authorization: `Bearer ${given}`, 'idempotency-key': randomUUID(), 'lupa-purpose': 'relationship-care',
      ...(body === undefined && raw === undefined ? {} : { 'content-type': 'application/json' }), ...headers,
    };
    const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(url + path, { method, headers: Object.fromEntries(sent), ...(payload === undefined ? {} : { body: payload }) });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
  };

  await call('PUT', '/v1/wordings/newsletter/1/fi', { body: { purpose: 'marketing', text: WORDING_TEXT } });
  return {
    app, url, database: app.get(DataSource, { strict: false }), databaseUrl: database.url, erasureLogUrl: erasureLog.url, vhost, log: log.lines, call, token,
    stop: async () => {
      await app.close();
      await vhost.delete();
      await database.drop();
      await erasureLog.drop();
    },
  };
}

/** A consent decision with its proof; by default granted just now at checkout. */
export function decision(over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { decision: 'granted', decidedAt: new Date().toISOString(), method: 'checkout', form: '/checkout', sourceSystem: 'web-shop', wording: WORDING, ...over };
}

/** The body of a new customer with an email address of her own. */
export function newCustomer(over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { contact: { firstName: 'Aino', lastName: 'Virtanen', email: `${randomUUID()}@example.fi` }, ...over };
}

function key(): string {
  return randomBytes(32).toString('base64');
}
