import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { run, type Service, startService } from './child.js';

type Environment = Readonly<Record<string, string>>;

export const REGISTER_CLI = 'dist/apps/register/src/cli.js';
/** As the Dockerfile and `npm start` start both services. */
const AS_IN_USE = ['--max-semi-space-size=8'];
const SCOPES = [
  'customers:read', 'customers:write', 'customers:search', 'consents:read', 'consents:write', 'wordings:read', 'wordings:write',
  'erasures:write', 'audience:query', 'audience:count', 'freshness:read', 'exports:read', 'exports:write',
].join(',');
const WORDING = { id: 'newsletter', version: 1, language: 'fi' } as const;
const WORDING_TEXT = 'Minulle saa lähettää tarjouksia sähköpostitse. Voin perua suostumukseni milloin tahansa.';

const urlOf = (environment: Environment, service: 'REGISTER' | 'MARKETING') =>
  `http://${environment[`${service}_HOST`]}:${environment[`${service}_PORT`]}`;

export async function migrate(environment: Environment): Promise<void> {
  for (const app of ['register', 'marketing']) await run(process.execPath, [`dist/apps/${app}/src/database/migrate.js`, 'up'], environment);
}

export function startRegister(environment: Environment): Promise<Service> {
  const url = urlOf(environment, 'REGISTER');
  return startService({ name: 'register', entry: 'dist/apps/register/src/main.js', url, readyPath: '/health/ready', environment, nodeOptions: AS_IN_USE });
}

export function startMarketing(environment: Environment): Promise<Service> {
  const url = urlOf(environment, 'MARKETING');
  return startService({ name: 'marketing', entry: 'dist/apps/marketing/src/main.js', url, readyPath: '/health/live', environment, nodeOptions: AS_IN_USE });
}

/** A consent for email with its proof, as the web shop sends it. */
export interface ConsentBody {
  readonly decision: 'granted' | 'withdrawn';
  readonly decidedAt: string;
  readonly method: string;
  readonly form: string;
  readonly sourceSystem: string;
  readonly wording: { id: string; version: number; language: string; sha256: string };
}

/** Speaks to both services as a program of the shop's. */
export class LupaClient {
  private constructor(readonly register: string, readonly marketing: string, readonly token: string) {}

  /** Makes the program in a register that is running, and the wording its consents name. */
  static async introduce(environment: Environment): Promise<LupaClient> {
    const id = `bench-${randomBytes(4).toString('hex')}`;
    const secret = randomBytes(24).toString('base64url');
    await run(process.execPath, [REGISTER_CLI, 'program:create', '--id', id, '--scopes', SCOPES, '--secret-stdin'], environment, `${secret}\n`);
    const register = urlOf(environment, 'REGISTER');
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret });
    const answer = await fetch(`${register}/v1/token`, { method: 'POST', body: form });
    if (!answer.ok) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
    const { access_token } = (await answer.json()) as { access_token: string };
    const client = new LupaClient(register, urlOf(environment, 'MARKETING'), access_token);
    const { id: wording, version, language } = WORDING;
    await client.call('PUT', `${register}/v1/wordings/${wording}/${version}/${language}`, { purpose: 'marketing', text: WORDING_TEXT });
    return client;
  }

  /** One call; the parsed answer. @throws Error naming the problem when it is refused */
  async call<Answer>(method: string, url: string, body?: object): Promise<Answer> {
    const answer = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json', 'idempotency-key': randomUUID(), 'lupa-purpose': 'marketing' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${new URL(url).pathname}: ${answer.status} ${text}`);
    return JSON.parse(text) as Answer;
  }

  /** Whether marketing shows lists now. */
  async listsAreOpen(): Promise<boolean> {
    return (await this.call<{ fresh: boolean }>('GET', `${this.marketing}/v1/freshness`)).fresh;
  }

  consent(decision: ConsentBody['decision'], decidedAt = new Date()): ConsentBody {
    const sha256 = createHash('sha256').update(WORDING_TEXT, 'utf8').digest('hex');
    return { decision, decidedAt: decidedAt.toISOString(), method: 'web-form', form: '/newsletter', sourceSystem: 'web-shop', wording: { ...WORDING, sha256 } };
  }
}
