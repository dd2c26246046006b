import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { strFromU8, unzipSync } from 'fflate';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { Scope } from '#auth/scopes.js';
import type { Role } from '#register/access/roles.js';
import type { ApiDocument } from '#test/support/openapi.js';
import type { TokenMint } from '#test/support/token-mint.js';
import type { Route } from './routes.js';

/** A running service with somebody in it whom nobody else may reach. */
export interface Stage {
  readonly app: NestFastifyApplication;
  /** Signs with the key that the service trusts. */
  readonly mint: TokenMint;
  /** Everywhere the service keeps something. */
  readonly databaseUrls: readonly string[];
  readonly victim: Victim;
  /** The token of somebody with one role. */
  staff(role: Role): Promise<string>;
  /** Routes by which the victim was read, as the log of reads has them. */
  readsOfVictim(): Promise<string[]>;
  /** A customer nobody has asked about yet, with her own token. */
  customer(): Promise<{ readonly id: string; readonly token: string }>;
}

export interface Victim {
  /** Her customer id. */
  readonly id: string;
  readonly token: string;
  /** Texts that stand in her data and nowhere else. */
  readonly markers: readonly string[];
  /** Texts of hers that are for whoever has one of these scopes, by whichever route they come. */
  readonly secrets: Readonly<Record<string, readonly Scope[]>>;
  /** What stands for the parameters of a path, by the beginning of the path and the name of the parameter; of hers, wherever there is such a thing. */
  readonly things: readonly (readonly [path: string, parameters: Readonly<Record<string, string>>])[];
  /** What bodies say in place of the example, to be about her. */
  readonly body: Readonly<Record<string, string>>;
}

/** An answer, as far as access is concerned. */
export interface Answer {
  readonly status: number;
  /** Code of the problem, or nothing. */
  readonly problem: string;
  readonly text: string;
}

/** Nobody has it. */
export const NOBODY = '0190c7a4-0000-4000-8000-000000000000';
const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/;

/** What is asked about: things of the victim, things of nobody, or those of the victim under another customer's id. */
export type Whose = 'victim' | 'nobody' | { readonly customer: string };

/** What stands in a path for its parameters. */
export function parametersOf({ things }: Victim, { path, ownCustomer }: Route, whose: Whose): Record<string, string> {
  const names = [...path.matchAll(/:(\w+)/g)].map((match) => match[1]!);
  const known = (name: string): string => things.findLast(([start, parameters]) => path.startsWith(start) && name in parameters)?.[1][name] ?? NOBODY;
  const chosen = (name: string): string => (whose === 'nobody' && UUID.test(known(name)) ? NOBODY : known(name));
  return Object.fromEntries(names.map((name) => [name, typeof whose === 'object' && name === ownCustomer ? whose.customer : chosen(name)]));
}

/** What an example of a body says in place of its own, to be about the same. */
function bodyOf({ body }: Victim, whose: Whose): Record<string, string> {
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, whose === 'nobody' && UUID.test(value) ? NOBODY : value]));
}

/** Asks a service, each route with the body that its own OpenAPI document gives as the example. */
export class Asker {
  private readonly bodies = new Map<string, object>();
  private readonly purposeful = new Set<string>();
  private readonly showing = new Set<string>();

  private constructor(private readonly app: NestFastifyApplication, private readonly victim: Victim) {}

  static async of({ app, victim }: Stage): Promise<Asker> {
    const asker = new Asker(app, victim);
    const document = (await app.inject({ method: 'GET', url: '/openapi.json' })).json<ApiDocument>();
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        const { requestBody, parameters = [], responses = {} } = operation as { requestBody?: object; parameters?: readonly { name: string }[]; responses?: Record<string, object> };
        const name = `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`;
        if (requestBody) asker.bodies.set(name, exampleOf(requestBody, document));
        if (parameters.some((parameter) => parameter.name === 'Lupa-Purpose')) asker.purposeful.add(name);
        if (tellsOf(responses['200'], document)) asker.showing.add(name);
      }
    }
    return asker;
  }

  /** Whether a call has to say what it reads a person for. */
  declaresPurpose({ method, path }: Pick<Route, 'method' | 'path'>): boolean {
    return this.purposeful.has(`${method} ${path}`);
  }

  /** Whether the answer of a call, as it is stated, may have data of people in it. */
  showsPeople({ method, path }: Pick<Route, 'method' | 'path'>): boolean {
    return this.showing.has(`${method} ${path}`);
  }

  /** @param over what the body says besides, or instead */
  async ask(route: Route, authorization: string | undefined, whose: Whose, over: object = {}): Promise<Answer> {
    const example = this.bodies.get(`${route.method} ${route.path}`);
    const about = Object.entries(bodyOf(this.victim, whose)).filter(([name]) => example !== undefined && name in example);
    const parameters = parametersOf(this.victim, route, whose);
    const response = await this.app.inject({
      method: route.method as 'GET', url: route.path.replaceAll(/:(\w+)/g, (_, name: string) => parameters[name]!),
      headers: {
        'lupa-purpose': 'relationship-care', 'idempotency-key': randomUUID(), 'if-match': '"1"', ...(authorization === undefined ? {} : { authorization }),
      },
      ...(example === undefined ? {} : { payload: { ...example, ...Object.fromEntries(about), ...over } }),
    });
    const problem = /"type":"\/problems\/([\w-]+)"/.exec(response.body)?.[1] ?? '';
    const isZip = response.headers['content-type'] === 'application/zip' && response.rawPayload.length > 0; // nothing comes of HEAD
    const text = isZip ? Object.values(unzipSync(response.rawPayload)).map((file) => strFromU8(file)).join('\n') : response.body;
    return { status: response.statusCode, problem, text };
  }
}

/** What only a person has, by the names that both APIs give it. */
const OF_A_PERSON = new Set(['firstName', 'lastName', 'birthYear', 'email', 'phone']);

/** Whether a schema, or one that it names or holds, has data of a person among its properties. */
function tellsOf(schema: unknown, document: ApiDocument, seen = new Set<string>()): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  const { $ref: ref, properties = {} } = schema as { $ref?: string; properties?: object };
  if (ref !== undefined && !seen.has(ref)) {
    seen.add(ref);
    if (tellsOf(document.components.schemas[ref.replace('#/components/schemas/', '')], document, seen)) return true;
  }
  if (Object.keys(properties).some((name) => OF_A_PERSON.has(name))) return true;
  return Object.entries(schema).some(([key, inner]) => !['example', 'examples'].includes(key) && tellsOf(inner, document, seen));
}

/** The example of a body, wherever OpenAPI lets it stand. */
function exampleOf(requestBody: object, { components }: ApiDocument): object {
  interface Schema { readonly $ref?: string; readonly examples?: readonly object[] }
  const { content } = requestBody as { content: Record<string, { schema?: Schema; example?: object; examples?: Record<string, { value: object }> }> };
  const { schema = {}, example, examples = {} } = content['application/json']!;
  const named = schema.$ref === undefined ? undefined : (components.schemas[schema.$ref.replace('#/components/schemas/', '')] as Schema);
  const found = example ?? Object.values(examples)[0]?.value ?? schema.examples?.[0] ?? named?.examples?.[0];
  if (found === undefined) throw new Error('a body without an example');
  return found;
}

/** What the services tell each other of themselves, and when what is unanswered is told again: it changes while nobody asks for anything. */
const RESTLESS = { tables: ['link_state', 'search_round', 'pulse', 'register_pulse', 'marketing_pulse', 'account_seen'], columns: ['next_attempt_at', 'last_sent_at', 'attempts', 'pull_after'] };

/** The content of every table of the databases, as digests; of the rows that hold `text` only, when it is given. */
export async function contentsOf(databaseUrls: readonly string[], text = ''): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  for (const url of databaseUrls) {
    const client = new Client(url);
    await client.connect();
    const { rows: tables } = await client.query<{ name: string }>(
      "SELECT quote_ident(c.relname) AS name FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> ALL ($1) ORDER BY 1", [RESTLESS.tables]);
    const { rows } = await client.query<{ name: string; content: string | null }>(tables.map(({ name }) => `
      SELECT '${name}' AS name, md5(string_agg(t.row, ' ' ORDER BY t.row)) AS content
      FROM (SELECT (to_jsonb(r) - '{${RESTLESS.columns.join(',')}}'::text[])::text AS row FROM ${name} r) t WHERE position('${text}' in t.row) > 0`).join(' UNION ALL '));
    await client.end();
    for (const { name, content } of rows) contents[`${String(databaseUrls.indexOf(url))} ${name}`] = content ?? 'empty';
  }
  return contents;
}
