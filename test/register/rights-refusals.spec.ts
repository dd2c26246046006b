import { randomUUID } from 'node:crypto';
import { type CallOptions, decision, newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';

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

interface Case {
  readonly name: string;
  readonly method?: string;
  readonly path: () => string;
  readonly body?: object;
  readonly headers?: CallOptions['headers'];
  readonly problem: string;
  /** Where one of the errors points. */
  readonly pointer?: string;
}

const requestsOf = (): string => `/v1/customers/${customer}/requests`;
const steps = (): string => `/v1/requests/${request}/steps`;
const now = new Date().toISOString();
const disclosures = (): string => `/v1/customers/${customer}/disclosures`;
const report = (query: string) => (): string => `/v1/access-log/report?${query}`;
const CASES: Case[] = [
  { name: 'a kind of request that is none', path: requestsOf, body: { kind: MARKER, receivedBy: 'email' }, problem: 'invalid-request', pointer: '#/kind' },
  { name: 'a request that came no way', path: requestsOf, body: { kind: 'access' }, problem: 'invalid-request', pointer: '#/receivedBy' },
  { name: 'a request from the future', path: requestsOf, body: { kind: 'access', receivedBy: 'email', receivedAt: '2999-01-01T00:00:00Z' }, problem: 'time-in-future' },
  { name: 'an unknown field', path: requestsOf, body: { kind: 'access', receivedBy: 'email', nickname: MARKER }, problem: 'invalid-request', pointer: '#/nickname' },
  { name: 'a request with a personal identity code', path: requestsOf, body: { kind: 'rectification', receivedBy: 'phone', note: `${MARKER} 131052-308T` }, problem: 'invalid-request', pointer: '#/note' },
  { name: 'a request with a novel', path: requestsOf, body: { kind: 'rectification', receivedBy: 'phone', note: MARKER.repeat(14) }, problem: 'invalid-request', pointer: '#/note' },
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
  { name: 'a disclosure to nobody known', path: disclosures, body: { recipient: MARKER.toLowerCase().slice(0, 40), purpose: 'marketing', fields: ['contact.email'] }, problem: 'recipient-unknown' },
  { name: 'a disclosure of a field that cannot be', path: disclosures, body: { recipient: 'a', purpose: 'marketing', fields: ['contact.email', MARKER] }, problem: 'invalid-request', pointer: '#/fields/1' },
  { name: 'a disclosure of no field', path: disclosures, body: { recipient: 'a', purpose: 'marketing', fields: [] }, problem: 'invalid-request', pointer: '#/fields' },
  { name: 'a disclosure without its Idempotency-Key', path: disclosures, body: { recipient: 'a', purpose: 'marketing', fields: ['interests'] }, headers: { 'idempotency-key': undefined }, problem: 'idempotency-key-missing' },
  { name: 'a recipient that is no code', method: 'PUT', path: () => `/v1/customers/${customer}/disclosure-consents/${MARKER}/marketing`, body: decision(), problem: 'invalid-request', pointer: 'recipient' },
  { name: 'a notice sent no way', path: () => `/v1/customers/${customer}/disclosure-notices`, body: { recipient: 'a', purpose: 'marketing', sentAt: now, sentBy: MARKER }, problem: 'invalid-request', pointer: '#/sentBy' },
  { name: 'a notice to recipients that nobody owes', path: () => `/v1/recipient-notices/${NOBODY}/done`, body: { toldBy: 'email' }, problem: 'recipient-notice-not-found' },
  { name: 'a notice that nobody has seen', method: 'GET', path: () => `/v1/recipient-notices/${NOBODY}`, problem: 'recipient-notice-not-found' },
  { name: 'a report without its days', method: 'GET', path: report('from=2026-01-01'), problem: 'invalid-request', pointer: 'to' },
  { name: 'a report of days that are none', method: 'GET', path: report(`from=${MARKER}&to=2026-02-30`), problem: 'invalid-request', pointer: 'to' },
  { name: 'a report that ends before it begins', method: 'GET', path: report('from=2026-01-02&to=2026-01-01'), problem: 'invalid-request', pointer: 'to' },
  { name: 'a report of more than a year', method: 'GET', path: report('from=2025-01-01&to=2026-01-02'), problem: 'invalid-request', pointer: 'to' },
  { name: 'reads of nobody', method: 'GET', path: () => `/v1/customers/${NOBODY}/reads`, problem: 'customer-not-found' },
  { name: 'reads for no purpose', method: 'GET', path: () => `/v1/customers/${customer}/reads`, headers: { 'lupa-purpose': undefined }, problem: 'purpose-missing' },
];

describe('bad input', () => {
  it.each(CASES)('$name gets its problem, which repeats nothing of it', async ({ method = 'POST', path, body, headers = {}, problem, pointer }) => {
    const answer = await register.call(method, path(), { headers, ...(body === undefined ? {} : { body }) });
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
