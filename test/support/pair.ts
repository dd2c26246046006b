import { exportJWK, generateKeyPair } from 'jose';
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { Client } from 'pg';
import { SCOPES } from '#auth/scopes.js';
import { marketingDataSource } from '#marketing/database/data-source.js';
import { hashSecret } from '#register/access/passwords.service.js';
import { registerDataSource } from '#register/database/data-source.js';
import { erasureLogDataSource } from '#register/erasure-log/erasure-log.data-source.js';
import { createVhost, type TestVhost } from './broker.js';
import { createTestDatabase } from './database.js';
import { ServiceProcess } from './service-process.js';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';
import { compareSides, isAtRest, isEqual, readUnrest, type Verdict } from './verify.js';
import { waitFor } from './wait-for.js';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Register and marketing as processes, on databases and a virtual host of their own, each with its own link to the broker. */
export interface Pair {
  readonly register: ServiceProcess;
  readonly marketing: ServiceProcess;
  readonly vhost: TestVhost;
  /** The links of the two services to the broker, to be cut or silenced. */
  readonly links: { readonly register: TcpProxy; readonly marketing: TcpProxy };
  /** The links of the services to their databases; used with the option `databaseLinks` only. */
  readonly databases: { readonly register: TcpProxy; readonly erasureLog: TcpProxy; readonly marketing: TcpProxy };
  /** The test's own look at both databases. */
  readonly sides: { readonly register: Client; readonly marketing: Client };
  /** Of a program with every scope; for requests whose answer is no JSON. */
  readonly token: string;
  /** One request to the register, with an Idempotency-Key of its own unless told. Rejects when the register is down. */
  call(method: string, path: string, body?: object, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** One request to marketing. */
  ask(method: string, path: string, body?: object): Promise<Answer>;
  /** Waits until nothing is on its way any more. */
  rest(timeoutMs?: number): Promise<void>;
  /** Waits until lists are shown that take everything up to now into account; resolves to the milliseconds that took. */
  open(timeoutMs?: number): Promise<number>;
  /** Rest, then the full join. */
  verdict(): Promise<Verdict & { readonly equal: boolean }>;
  /** Lets time pass for the register's resending: what is unanswered is due now, not in 30 s. */
  resendNow(): Promise<void>;
  stop(): Promise<void>;
}

export interface PairOptions {
  /** How old lists may be; watermarks come every 2 s. */
  readonly freshnessLimitSeconds?: number;
  /** The services reach their databases over `databases`, to be silenced. */
  readonly databaseLinks?: boolean;
  /** What the register runs in besides the usual. */
  readonly registerEnvironment?: Readonly<Record<string, string>>;
  /** What marketing runs in besides the usual. */
  readonly marketingEnvironment?: Readonly<Record<string, string>>;
}

export async function startPair(label: string, { freshnessLimitSeconds = 60, databaseLinks = false, registerEnvironment = {}, marketingEnvironment = {} }: PairOptions = {}): Promise<Pair> {
  const [registerDb, erasureLogDb, marketingDb, vhost] = await Promise.all([
    createTestDatabase(`${label}-register`, registerDataSource), createTestDatabase(`${label}-log`, erasureLogDataSource),
    createTestDatabase(`${label}-marketing`, marketingDataSource), createVhost(label),
  ]);
  const linkTo = (url: string): Promise<TcpProxy> => startTcpProxy({ host: new URL(url).hostname, port: Number(new URL(url).port) });
  const links = { register: await linkTo(vhost.url), marketing: await linkTo(vhost.url) };
  const databases = { register: await linkTo(registerDb.url), erasureLog: await linkTo(erasureLogDb.url), marketing: await linkTo(marketingDb.url) };
  const through = (url: string, link: TcpProxy): string => Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(link.port) }).href;
  const urlOf = ({ url }: { url: string }, link: TcpProxy): string => (databaseLinks ? through(url, link) : url);

  const [registerPort, marketingPort] = [await freePort(), await freePort()];
  const registerUrl = `http://127.0.0.1:${registerPort}`;
  const indexKey = randomBytes(32);
  const common = { LINK_DIGEST_KEY: randomBytes(32).toString('base64'), DATABASE_POOL_SIZE: '5' };
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const register = new ServiceProcess('register', registerUrl, {
    ...common, REGISTER_DATABASE_URL: urlOf(registerDb, databases.register), REGISTER_ERASURE_LOG_URL: urlOf(erasureLogDb, databases.erasureLog), AMQP_URL: through(vhost.url, links.register), REGISTER_PORT: String(registerPort),
    REGISTER_INDEX_KEY: indexKey.toString('base64'), REGISTER_KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'), ...registerEnvironment,
  });
  const marketing = new ServiceProcess('marketing', `http://127.0.0.1:${marketingPort}`, {
    ...common, MARKETING_DATABASE_URL: urlOf(marketingDb, databases.marketing), AMQP_URL: through(vhost.url, links.marketing), MARKETING_PORT: String(marketingPort),
    MARKETING_STATEMENT_KEY: JSON.stringify(await exportJWK(privateKey)), MARKETING_INDEX_KEY: randomBytes(32).toString('base64'),
    REGISTER_JWKS_URL: `${registerUrl}/.well-known/jwks.json`,
    FRESHNESS_LIMIT_SECONDS: String(freshnessLimitSeconds), ...marketingEnvironment,
  });
  const sides = { register: new Client(registerDb.url), marketing: new Client(marketingDb.url) };
  await Promise.all([sides.register.connect(), sides.marketing.connect()]);
  const secret = randomUUID();
  await sides.register.query('INSERT INTO program (id, secret_hash, scopes) VALUES ($1, $2, $3)', ['pair', hashSecret(secret, indexKey), [...SCOPES]]);
  await Promise.all([register.start(), marketing.start()]);
  const token = await readToken(registerUrl, secret);

  const request = async (url: string, method: string, body: object | undefined, headers: Record<string, string>): Promise<Answer> => {
    const response = await fetch(url, {
      method, headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
      ...(body ? { body: JSON.stringify(body) } : {}), signal: AbortSignal.timeout(10_000),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const ask: Pair['ask'] = (method, path, body) => request(marketing.url + path, method, body, { 'lupa-purpose': 'marketing' });
  const rest = async (timeoutMs = 20_000): Promise<void> => { await waitFor('rest', async () => isAtRest(await readUnrest(sides)), timeoutMs); };

  return {
    register, marketing, vhost, links, databases, sides, token, ask, rest,
    call: (method, path, body, headers = {}) =>
      request(registerUrl + path, method, body, { 'idempotency-key': randomUUID(), 'lupa-purpose': 'relationship-care', ...headers }),
    open: async (timeoutMs = 15_000) => {
      const from = Date.now();
      await waitFor('open lists', async () => {
        const answer = await ask('GET', '/v1/freshness').catch(() => undefined); // it may still be starting
        return answer?.body['fresh'] === true && Date.parse(String(answer.body['asOf'])) >= from;
      }, timeoutMs);
      return Date.now() - from;
    },
    verdict: async () => {
      await rest();
      const verdict = await compareSides(sides);
      return { ...verdict, equal: isEqual(verdict) };
    },
    resendNow: async () => { await sides.register.query("UPDATE sync_pending SET next_attempt_at = '-infinity' WHERE last_sent_at < clock_timestamp() - interval '300 ms'"); },
    stop: async () => {
      const proxies = [...Object.values(links), ...Object.values(databases)];
      for (const link of proxies) link.heal();
      await Promise.all([register.stop(), marketing.stop()]);
      await Promise.all([sides.register.end(), sides.marketing.end(), ...proxies.map((link) => link.close())]);
      await Promise.all([registerDb.drop(), erasureLogDb.drop(), marketingDb.drop(), vhost.delete()]);
    },
  };
}

async function readToken(registerUrl: string, secret: string): Promise<string> {
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'pair', client_secret: secret });
  const answer = (await (await fetch(`${registerUrl}/v1/token`, { method: 'POST', body: form })).json()) as { access_token?: string };
  if (answer.access_token === undefined) throw new Error('the register gave no token');
  return answer.access_token;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}
