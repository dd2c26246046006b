import { jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { SCOPES } from '#auth/scopes.js';
import { CUSTOMER_SCOPES, scopesOf } from '#register/access/roles.js';
import { type Answer, Asker, contentsOf, NOBODY, parametersOf, type Stage, type Whose } from './stage.js';
import { expectedFor, ROLES, UNKNOWN_CALLERS } from './callers.js';
import { accessTable, ROUTES_FILE, writtenTable } from './route-document.js';
import { type Route, routesOf, servedBy } from './routes.js';

/** What is served without a controller, and so without a token. */
const OF_OPERATION = ['/health/live', '/health/ready', '/metrics', '/openapi.json', '/problems', '/problems/:code'].map((path): Route => (
  { method: 'GET', path, scopes: [], isPublic: true, ownCustomer: undefined }));
/** The page that shows the OpenAPI document, and what belongs to it. */
const PAGE = /^GET \/docs(\*|\/|$)/;
const STATUS: Readonly<Record<string, number>> = { 'token-missing': 401, 'token-expired': 401, 'token-invalid': 401, 'scope-missing': 403, 'not-own-data': 403, 'person-must-decide': 403 };

jest.setTimeout(60_000);

/** Routes, each with its reason. */
export interface Exceptions {
  readonly withoutToken: Readonly<Record<string, string>>;
  /** They show people, and leave no entry in the log of reads. */
  readonly withoutLog: Readonly<Record<string, string>>;
  /** A program is refused them with all the scopes there are. */
  readonly byPersonsOnly: Readonly<Record<string, string>>;
}

const nameOf = ({ method, path }: Route): string => `${method} ${path}`;

/**
 * Every route of a service, asked by everybody: who is let in follows from what the route states and from the scopes of the roles.
 * Whoever is refused leaves no trace and learns nothing.
 * @param start called once; who calls it stops what was started
 */
export async function describeMatrix(service: 'register' | 'marketing', exceptions: Exceptions, start: () => Promise<Stage>): Promise<void> {
  const routes = await routesOf(service);
  const guarded = routes.filter(({ isPublic }) => !isPublic);
  let stage: Stage;
  let asker: Asker;
  beforeAll(async () => {
    stage = await start();
    asker = await Asker.of(stage);
  });

  /** What comes of a call: the refusal, or that the caller was let in. */
  const outcome = ({ status, problem, text }: Answer): string => {
    const refused = status === 401 || status === 403;
    if (!refused) return status >= 500 && status !== 503 ? `broken: ${status}` : 'let in';
    return isAboutHer(text) ? 'refused, and tells of her' : `${status} ${problem}`.trim();
  };
  const isAboutHer = (text: string): boolean => stage.victim.markers.some((marker) => text.includes(marker));
  /** Asks the routes one by one; what is read also by HEAD, which has no body to tell the problem in. */
  const walk = async (asked: readonly Route[], authorization: string | undefined, whose: Whose, problemOf: (route: Route) => string): Promise<void> => {
    const [outcomes, expected]: [string[], string[]] = [[], []];
    for (const route of asked) {
      const problem = problemOf(route);
      for (const method of route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]) {
        const answer = await asker.ask({ ...route, method }, authorization, whose);
        outcomes.push(`${method} ${route.path}: ${outcome(answer)}`);
        expected.push(`${method} ${route.path}: ${problem in STATUS ? `${STATUS[problem]!} ${method === 'HEAD' ? '' : problem}`.trim() : problem}`);
      }
    }
    expect(outcomes).toEqual(expected);
  };
  /** The same where everybody is refused: the databases are what they were, the logs of reads included. */
  const walkInVain = async (asked: readonly Route[], authorization: string | undefined, problemOf: (route: Route) => string): Promise<void> => {
    const before = await contentsOf(stage.databaseUrls);
    await walk(asked, authorization, 'victim', problemOf);
    expect(await contentsOf(stage.databaseUrls)).toEqual(before);
  };
  const reading = (): Route[] => guarded.filter((route) => route.method === 'GET' || asker.declaresPurpose(route) || asker.showsPeople(route));
  const [leaks, seen] = [new Set<string>(), new Set<string>()];
  /** Reads what is of the victim, and notes what it shows that is for other scopes than the caller has. */
  const look = async (route: Route, authorization: string, scopes: readonly string[]): Promise<Answer> => {
    const answer = await asker.ask(route, authorization, 'victim');
    for (const [secret, guards] of Object.entries(stage.victim.secrets).filter(([text]) => answer.text.includes(text))) {
      seen.add(secret);
      if (!guards.some((scope) => scopes.includes(scope))) leaks.add(`${nameOf(route)} shows what is for ${guards.join(' or ')} to ${scopes.join(' ')}`);
    }
    return answer;
  };
  type Known = Parameters<typeof expectedFor>[1];
  const victimExpects = (caller: Known) => (route: Route): string => expectedFor(route, caller, parametersOf(stage.victim, route, 'victim'));
  const refusedTo = (caller: Known): Route[] => guarded.filter((route) => victimExpects(caller)(route) !== 'let in');
  const bearer = (wish: Parameters<Stage['mint']['bearer']>[0]): Promise<string> => stage.mint.bearer(wish);

  describe(`the routes of ${service}`, () => {
    it('are all that it answers, besides those of operation', () => {
      const served = servedBy(stage.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false }));
      expect(served.filter((route) => !PAGE.test(route)).sort()).toEqual([...routes, ...OF_OPERATION].map(nameOf).sort());
    });

    it('state a scope each, but for those that are open to everybody for a reason', () => {
      const tokenless = routes.filter(({ isPublic, scopes }) => isPublic || scopes.length === 0);
      expect(tokenless.map(nameOf).filter((route) => !(route in exceptions.withoutToken))).toEqual([]);
      expect(guarded.filter(({ ownCustomer, path }) => ownCustomer !== undefined && !path.split('/').includes(`:${ownCustomer}`))).toEqual([]);
    });

    it('are in docs/routes.md with who may call them (npm run routes writes it anew)', () => {
      expect(writtenTable(readFileSync(ROUTES_FILE, 'utf8'), service)).toBe(accessTable(routes));
    });
  });

  describe('nobody knows who asks:', () => {
    it.each(Object.entries(UNKNOWN_CALLERS))('%s is refused everywhere', async (_, unknown) => {
      await walkInVain(guarded, await unknown.authorization(stage.mint), () => unknown.problem);
    });

    it('what is open to everybody tells of nobody', async () => {
      const before = await contentsOf(stage.databaseUrls, stage.victim.id);
      const telling: string[] = [];
      for (const route of [...routes.filter(({ isPublic }) => isPublic), ...OF_OPERATION]) {
        const { problem, text } = await asker.ask(route, undefined, 'victim');
        if (problem in STATUS || isAboutHer(text)) telling.push(nameOf(route));
      }
      expect(telling).toEqual([]);
      expect(await contentsOf(stage.databaseUrls, stage.victim.id)).toEqual(before);
    });
  });

  describe.each(ROLES)('staff of the role %s', (role) => {
    const caller: Known = { kind: 'staff', subject: role, scopes: scopesOf([role]) };

    it('is refused what the role does not name', async () => {
      await walkInVain(refusedTo(caller), `Bearer ${await stage.staff(role)}`, victimExpects(caller));
    });

    it('is let in where it does', async () => {
      const refused = refusedTo(caller);
      await walk(guarded.filter((route) => !refused.includes(route)), `Bearer ${await stage.staff(role)}`, 'nobody', () => 'let in');
    });
  });

  describe('a customer', () => {
    const own = guarded.filter(({ ownCustomer, scopes }) => ownCustomer !== undefined && scopes.every((scope) => (CUSTOMER_SCOPES as readonly string[]).includes(scope)));

    it('is refused what is not for her, under her own id too', async () => {
      const herself: Known = { kind: 'customer', subject: stage.victim.id, scopes: CUSTOMER_SCOPES };
      await walkInVain(refusedTo(herself), `Bearer ${stage.victim.token}`, victimExpects(herself));
    });

    it('is refused everything of another', async () => {
      const { id, token } = await stage.customer();
      await walkInVain(guarded, `Bearer ${token}`, victimExpects({ kind: 'customer', subject: id, scopes: CUSTOMER_SCOPES }));
    });

    it('is refused everything of another, whatever scopes somebody gave her', async () => {
      await walkInVain(guarded, await bearer({ kind: 'customer', subject: NOBODY, scopes: SCOPES }), () => 'not-own-data');
    });

    it('is let in to what is hers, and comes to nothing of another from there', async () => {
      const before = await contentsOf(stage.databaseUrls, stage.victim.id);
      for (const route of own) {
        const { id, token } = await stage.customer();
        const answer = await asker.ask(route, `Bearer ${token}`, { customer: id });
        expect([nameOf(route), outcome(answer), isAboutHer(answer.text)]).toEqual([nameOf(route), 'let in', false]);
      }
      expect(await contentsOf(stage.databaseUrls, stage.victim.id)).toEqual(before);
    });
  });

  describe('a program', () => {
    it('is refused everything without a scope', async () => {
      await walkInVain(guarded, await bearer({ scopes: [] }), () => 'scope-missing');
    });

    it('is refused with every scope but one that is needed', async () => {
      const before = await contentsOf(stage.databaseUrls);
      for (const route of guarded) {
        for (const missing of route.scopes) await walk([route], await bearer({ scopes: SCOPES.filter((scope) => scope !== missing) }), 'victim', () => 'scope-missing');
      }
      expect(await contentsOf(stage.databaseUrls)).toEqual(before);
    });

    it('is let in with the scopes that are needed and no other', async () => {
      for (const route of guarded) await walk([route], await bearer({ scopes: route.scopes }), 'nobody', (asked) => (nameOf(asked) in exceptions.byPersonsOnly ? 'person-must-decide' : 'let in'));
    });

    it('is refused what a field of the body needs besides, and what says nothing there needs nothing', async () => {
      const before = await contentsOf(stage.databaseUrls);
      for (const route of guarded) {
        const { field = '', scopes = [] } = route.ofField ?? {};
        for (const missing of scopes) {
          const others = await bearer({ scopes: SCOPES.filter((scope) => scope !== missing) });
          expect([nameOf(route), outcome(await asker.ask(route, others, 'victim', { [field]: [{}] }))]).toEqual([nameOf(route), '403 scope-missing']);
          expect([nameOf(route), outcome(await asker.ask(route, await bearer({ scopes: [...route.scopes, ...scopes] }), 'victim', { [field]: [{}] }))]).toEqual([nameOf(route), 'let in']);
        }
      }
      expect(await contentsOf(stage.databaseUrls)).toEqual(before);
    });

    it('says what for wherever an answer may show somebody', () => {
      const showing = guarded.filter((route) => asker.showsPeople(route));
      expect(showing.length).toBeGreaterThan(0);
      expect(showing.filter((route) => !asker.declaresPurpose(route)).map(nameOf).filter((route) => !(route in exceptions.withoutLog))).toEqual([]);
    });

    it('leaves a trace wherever it is shown somebody', async () => {
      const [shown, traceless]: [string[], string[]] = [[], []];
      const contents = await contentsOf(stage.databaseUrls);
      for (const route of reading()) {
        const before = (await stage.readsOfVictim()).length;
        const { status, text } = await look(route, await bearer({ scopes: route.scopes }), route.scopes);
        if (status !== 200 || !(isAboutHer(text) || route.ownCustomer !== undefined)) continue;
        shown.push(nameOf(route));
        const read = (await stage.readsOfVictim()).slice(before);
        if (read.length !== 1 || read[0] !== nameOf(route)) traceless.push(nameOf(route));
      }
      expect(shown.length).toBeGreaterThan(1);
      expect(await contentsOf(stage.databaseUrls)).not.toEqual(contents);
      expect(traceless.filter((route) => !(route in exceptions.withoutLog))).toEqual([]);
    });
  });

  describe('what is for one scope', () => {
    it('comes to nobody without it, by whichever route', async () => {
      for (const role of ROLES) {
        const token = await stage.staff(role);
        for (const route of reading()) await look(route, `Bearer ${token}`, scopesOf([role]));
      }
      for (const route of reading()) await look(route, `Bearer ${stage.victim.token}`, CUSTOMER_SCOPES);
      expect([...leaks]).toEqual([]);
      expect(Object.keys(stage.victim.secrets).filter((secret) => !seen.has(secret))).toEqual([]);
    });
  });
}
