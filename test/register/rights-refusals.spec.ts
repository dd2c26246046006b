import { randomUUID } from 'node:crypto';
import type { Scope } from '#auth/scopes.js';
import { CUSTOMER_SCOPES, ROLE_SCOPES } from '#register/access/roles.js';
import { newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';

/** In everything bad that is sent; must come back nowhere and stand in no log. */
const MARKER = `Marker${randomUUID().replaceAll('-', '')}`;
const NOBODY = randomUUID();

let register: TestRegister;
let customer: string;
let request: string;
beforeAll(async () => {
  register = await startTestRegister('rights-refusals');
  customer = String((await register.call('POST', '/v1/customers', { body: newCustomer() })).body['id']);
  request = String((await register.call('POST', `/v1/customers/${customer}/requests`, { body: { kind: 'access', receivedBy: 'email' } })).body['id']);
});
afterAll(async () => { await register.stop(); });

/** Method, path, scope, and whether a customer may call it for her own id. */
const ROUTES: [string, string, Scope, boolean][] = [
  ['POST', `/v1/customers/${NOBODY}/requests`, 'requests:create', true],
  ['GET', `/v1/customers/${NOBODY}/requests`, 'requests:read', true],
  ['GET', '/v1/requests', 'requests:read', false],
  ['GET', `/v1/requests/${NOBODY}`, 'requests:read', false],
  ['POST', `/v1/requests/${NOBODY}/steps`, 'requests:write', false],
];
const CALLERS = [
  ...Object.entries(ROLE_SCOPES).map(([role, scopes]) => [role, 'staff', 'somebody', scopes] as const),
  ['the person herself', 'customer', NOBODY, CUSTOMER_SCOPES] as const,
  ['another customer', 'customer', randomUUID(), CUSTOMER_SCOPES] as const,
];

describe('the routes of the rights let in exactly whom they name', () => {
  it.each(CALLERS)('of the calls of %s', async (_, kind, subject, scopes) => {
    const token = await register.token({ kind, subject, scopes });
    const [answers, expected]: [string[], string[]] = [[], []];
    for (const [method, path, scope, ownable] of ROUTES) {
      const { status, body } = await register.call(method, path, { token, ...(method === 'GET' ? {} : { body: {} }) });
      answers.push(`${method} ${path} ${status === 403 ? String(body['type']) : 'let in'}`);
      const isMissing = !(scopes as readonly string[]).includes(scope);
      const isForeign = kind === 'customer' && !(ownable && subject === NOBODY);
      expected.push(`${method} ${path} ${isMissing ? '/problems/scope-missing' : isForeign ? '/problems/not-own-data' : 'let in'}`);
    }
    expect(answers).toEqual(expected);
  });
});

interface Case {
  readonly name: string;
  readonly method?: string;
  readonly path: () => string;
  readonly body?: object;
  readonly problem: string;
  /** Where one of the errors points. */
  readonly pointer?: string;
}

const requestsOf = (): string => `/v1/customers/${customer}/requests`;
const steps = (): string => `/v1/requests/${request}/steps`;
const now = new Date().toISOString();
const CASES: Case[] = [
  { name: 'a kind of request that is none', path: requestsOf, body: { kind: MARKER, receivedBy: 'email' }, problem: 'invalid-request', pointer: '#/kind' },
  { name: 'a request that came no way', path: requestsOf, body: { kind: 'access' }, problem: 'invalid-request', pointer: '#/receivedBy' },
  { name: 'a request from the future', path: requestsOf, body: { kind: 'access', receivedBy: 'email', receivedAt: '2999-01-01T00:00:00Z' }, problem: 'time-in-future' },
  { name: 'an unknown field', path: requestsOf, body: { kind: 'access', receivedBy: 'email', nickname: MARKER }, problem: 'invalid-request', pointer: '#/nickname' },
  { name: 'a request of nobody', path: () => `/v1/customers/${NOBODY}/requests`, body: { kind: 'access', receivedBy: 'email' }, problem: 'customer-not-found' },
  { name: 'a step that is none', path: steps, body: { step: MARKER }, problem: 'invalid-request', pointer: '#/step' },
  { name: 'a note with a personal identity code', path: steps, body: { step: 'done', note: `${MARKER} 131052-308T` }, problem: 'invalid-request', pointer: '#/note' },
  { name: 'an extension without its reason', path: steps, body: { step: 'extended', toldAt: now, toldBy: 'email' }, problem: 'invalid-request', pointer: '#/reason' },
  { name: 'a refusal nobody was told of', path: steps, body: { step: 'refused', reason: 'excessive' }, problem: 'invalid-request', pointer: '#/toldAt' },
  { name: 'an answer nobody waits for', path: steps, body: { step: 'person-answered' }, problem: 'request-not-waiting' },
  { name: 'an assignee who is none', path: steps, body: { step: 'assigned', assignee: MARKER.toLowerCase() }, problem: 'assignee-unknown' },
  { name: 'a cursor that is none', method: 'GET', path: () => `/v1/requests?cursor=${MARKER}`, problem: 'invalid-request', pointer: 'cursor' },
  { name: 'a state that is none', method: 'GET', path: () => `/v1/requests?state=${MARKER}`, problem: 'invalid-request', pointer: 'state' },
  { name: 'a request that nobody made', method: 'GET', path: () => `/v1/requests/${NOBODY}`, problem: 'request-not-found' },
];

describe('bad input', () => {
  it.each(CASES)('$name gets its problem, which repeats nothing of it', async ({ method = 'POST', path, body, problem, pointer }) => {
    const answer = await register.call(method, path(), body === undefined ? {} : { body });
    expect(answer.body['type']).toBe(`/problems/${problem}`);
    if (pointer !== undefined) expect((answer.body['errors'] as { pointer: string }[]).map((e) => e.pointer)).toContain(pointer);
    expect(JSON.stringify(answer.body).toLowerCase()).not.toContain(MARKER.toLowerCase());
  });

  it('stands in no log', () => {
    expect(register.log.length).toBeGreaterThan(CASES.length);
    const log = register.log.join('\n').toLowerCase();
    expect([log.includes(MARKER.toLowerCase()), log.includes(customer)]).toEqual([false, false]);
  });
});
