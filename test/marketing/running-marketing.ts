import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DataSource } from 'typeorm';
import { type Scope, SCOPES } from '#auth/scopes.js';
import { JsonLogger } from '#http/logger.js';
import { Metrics } from '#http/metrics.js';
import { marketingDataSource } from '#marketing/database/data-source.js';
import { startMarketing } from '#marketing/marketing.app.js';
import { type MarketingConfig, readMarketingConfig } from '#marketing/marketing.config.js';
import { createVhost, type TestVhost } from '#test/support/broker.js';
import { createTestDatabase, type TestDatabase } from '#test/support/database.js';
import { createTokenMint, type TokenMint } from '#test/support/token-mint.js';
import { ServiceLog } from '#test/support/service-log.js';
import { waitFor } from '#test/support/wait-for.js';
import { FakeRegister } from './fake-register.js';

/** What people are read for, unless a test says otherwise. */
const PURPOSE = { 'lupa-purpose': 'marketing' };

/** Marketing as it runs, against a database and a virtual host of its own, with a fake register beside it. */
export class RunningMarketing {
  private readonly written = new ServiceLog('marketing');
  private readonly apps: NestFastifyApplication[] = [];
  private closeKeys: () => Promise<unknown> = () => Promise.resolve();

  private constructor(
    readonly vhost: TestVhost,
    private readonly testDatabase: TestDatabase,
    /** The test's own look at marketing's database. */
    readonly database: DataSource,
    readonly register: FakeRegister,
    readonly config: MarketingConfig,
    /** What `config` was read from, for a process of its own. */
    readonly environment: NodeJS.ProcessEnv,
    readonly statementKey: JWK,
    /** Signs the tokens that it takes. */
    readonly tokens: TokenMint,
  ) {}

  /** Every line it has logged. */
  get log(): readonly string[] {
    return this.written.lines;
  }

  static async prepare(name: string): Promise<RunningMarketing> {
    const vhost = await createVhost(name);
    const testDatabase = await createTestDatabase(name, marketingDataSource);
    const tokens = await createTokenMint();
    const statement = await generateKeyPair('ES256', { extractable: true });
    const keys = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [tokens.jwk] }));
    });
    await new Promise<void>((resolve) => { keys.listen(0, '127.0.0.1', resolve); });
    const environment = {
      MARKETING_DATABASE_URL: testDatabase.url,
      AMQP_URL: vhost.url,
      MARKETING_PORT: '0',
      LINK_DIGEST_KEY: Buffer.alloc(32, 7).toString('base64'),
      MARKETING_INDEX_KEY: Buffer.alloc(32, 9).toString('base64'),
      MARKETING_STATEMENT_KEY: JSON.stringify(await exportJWK(statement.privateKey)),
      REGISTER_JWKS_URL: `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys`,
    };
    const config = readMarketingConfig(environment);
    const register = new FakeRegister(vhost.url, config.linkDigestKey);
    const database = await marketingDataSource(testDatabase.url, 3).initialize();
    const running = new RunningMarketing(vhost, testDatabase, database, register, config, environment, await exportJWK(statement.publicKey), tokens);
    running.closeKeys = () => new Promise((resolve) => { keys.close(resolve); });
    return running;
  }

  /** Starts one more instance of the service, configured otherwise where told. */
  async start(changes: Partial<MarketingConfig> = {}): Promise<NestFastifyApplication> {
    const logger = new JsonLogger('marketing', 'debug', this.written);
    const app = await startMarketing({ config: { ...this.config, ...changes }, logger, metrics: new Metrics('marketing') });
    this.apps.push(app);
    return app;
  }

  /** Stops every instance, as SIGTERM does. */
  async stop(): Promise<void> {
    for (const app of this.apps.splice(0)) await app.close();
  }

  /** Stops one instance; those started later move up by one. */
  async stopOne(instance: number): Promise<void> {
    const [app] = this.apps.splice(instance, 1);
    await app?.close();
  }

  async close(): Promise<void> {
    await this.stop();
    await this.register.close();
    await this.database.destroy();
    await this.closeKeys();
    await this.testDatabase.drop();
    await this.vhost.delete();
  }

  /** Lists are open at every instance: the register has heard of this marketing and says that it is up to date; and no older word of it is under way. */
  async open(): Promise<void> {
    await waitFor('hello', () => this.register.heard.at(-1)?.marketingEpoch);
    const told = await this.register.watermark();
    for (const instance of this.apps.keys()) {
      await waitFor('an open list', async () => {
        const { fresh, asOf } = (await this.call('GET', '/v1/freshness', undefined, undefined, instance)).body;
        return fresh === true && Date.parse(String(asOf)) >= Date.parse(told);
      });
    }
  }

  /** One request to an instance, the first one unless told. */
  async call(
    method: 'GET' | 'POST', path: string, payload?: object, scopes: readonly Scope[] = SCOPES, instance = 0,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const app = this.apps[instance];
    if (app === undefined) throw new Error('marketing does not run');
    const response = await app.inject({
      method, url: path, headers: { authorization: await this.tokens.bearer({ scopes }), ...PURPOSE }, ...(payload === undefined ? {} : { payload }),
    });
    return { status: response.statusCode, body: response.json<Record<string, unknown>>() };
  }

  /** A request with whatever headers it needs, or does without (undefined); `subject` is who makes it. A body that is empty is told as {}. */
  async request(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, payload: object | undefined, scopes: readonly Scope[],
    { headers = {}, subject = 'test' }: { headers?: Record<string, string | undefined>; subject?: string } = {},
  ): Promise<{ status: number; headers: Record<string, unknown>; body: Record<string, unknown> }> {
    const all = Object.entries({ authorization: await this.tokens.bearer({ scopes, subject }), ...PURPOSE, ...headers }).filter(([, value]) => value !== undefined);
    const response = await this.apps[0]!.inject({
      method, url: path, headers: Object.fromEntries(all) as Record<string, string>, ...(payload === undefined ? {} : { payload }),
    });
    return { status: response.statusCode, headers: response.headers, body: response.body === '' ? {} : response.json<Record<string, unknown>>() };
  }

  /** What is answered to a GET as it is, when it is no JSON. */
  async text(path: string, instance = 0): Promise<{ status: number; headers: Record<string, unknown>; text: string }> {
    const response = await this.apps[instance]!.inject({ method: 'GET', url: path, headers: { authorization: await this.tokens.bearer({ scopes: SCOPES }) } });
    return { status: response.statusCode, headers: response.headers, text: response.body };
  }

  /** The people on a channel's list now. */
  async listed(channel: string, filter: object = {}): Promise<Record<string, unknown>[]> {
    const { status, body } = await this.call('POST', '/v1/audience/query', { channel, filter, limit: 1_000 });
    if (status !== 200) throw new Error(`the list answered ${status} ${String(body['type'])}`);
    return body['contacts'] as Record<string, unknown>[];
  }

  async held(ref: string): Promise<Record<string, unknown> | undefined> {
    const [row] = await this.database.query<Record<string, unknown>[]>('SELECT * FROM contact WHERE ref = $1', [ref]);
    return row;
  }

  async remembered(ref: string): Promise<Record<string, unknown> | undefined> {
    const [row] = await this.database.query<Record<string, unknown>[]>(
      'SELECT epoch, version, awaiting_data, erased, rows_deleted FROM ref_state WHERE ref = $1', [ref],
    );
    return row;
  }

  /** The value of a metric of an instance, the first one unless told, summed over its labels. */
  async metric(name: string, instance = 0): Promise<number> {
    const app = this.apps[instance];
    const text = (await app?.inject({ method: 'GET', url: '/metrics' }))?.body ?? '';
    return text.split('\n').filter((line) => line.startsWith(`${name}{`)).reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }
}
