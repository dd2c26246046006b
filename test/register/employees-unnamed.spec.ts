import { randomUUID } from 'node:crypto';
import { CUSTOMER_SCOPES, ROLE_SCOPES } from '#register/access/roles.js';
import { routesOf } from '#test/access/routes.js';
import { decision, newCustomer, startTestRegister, type TestRegister, WORDING } from '#test/support/register.js';

const CLERK = `clerk-${randomUUID().slice(0, 8)}`;
/** Held by test/register/bundle.spec.ts, which opens the zip. */
const BUNDLE = '/v1/customers/:id/bundle';

let register: TestRegister;
beforeAll(async () => { register = await startTestRegister('employees-unnamed'); });
afterAll(async () => { await register.stop(); });

/** A child of whom an employee has written everything that can be written while she exists. */
async function writtenByAClerk(): Promise<string> {
  const token = await register.token({ kind: 'staff', subject: CLERK });
  const at = new Date().toISOString();
  const created = await register.call('POST', '/v1/customers', { token, body: newCustomer({ demographics: { birthYear: new Date().getUTCFullYear() - 10 } }) });
  const her = `/v1/customers/${String(created.body['id'])}`;
  const writes: [string, string, object][] = [
    ['PUT', `${her}/guardian-consent`, { givenAt: at, verification: 'in-person', sourceSystem: 'till', wording: WORDING }],
    ['PUT', `${her}/consents/marketing/email`, decision({ decidedAt: new Date(Date.now() + 1_000).toISOString() })],
    ['PUT', `${her}/objection`, decision({ decision: undefined, wording: undefined })],
    ['POST', `${her}/requests`, { kind: 'access', receivedBy: 'phone' }],
    ['PUT', `${her}/legal-hold`, { reason: 'payment-dispute', owner: CLERK, reviewAt: new Date(Date.now() + 90 * 86_400_000).toISOString() }],
    ['PUT', `${her}/restriction`, { reason: 'accuracy-contested' }],
  ];
  for (const [method, path, body] of writes) expect([path, (await register.call(method, path, { token, body })).status]).toEqual([path, method === 'POST' ? 201 : 200]);
  await register.call('GET', her, { token });
  return her;
}

describe('the person', () => {
  it('reads in no answer of the register who of the employees wrote or read it', async () => {
    const her = await writtenByAClerk();
    const token = await register.token({ kind: 'customer', subject: her.split('/').at(-1)!, scopes: CUSTOMER_SCOPES });
    const own = (await routesOf('register')).filter(({ method, ownCustomer, path }) => method === 'GET' && ownCustomer !== undefined && path !== BUNDLE);
    expect(own.length).toBeGreaterThan(7);
    for (const { path } of own) {
      const { status, body } = await register.call('GET', path.replace('/v1/customers/:id', her), { token });
      expect([path, status, JSON.stringify(body).includes(CLERK)]).toEqual([path, 200, false]);
    }
  });

  it('has them named to those who handle her data', async () => {
    const her = await writtenByAClerk();
    const token = await register.token({ kind: 'staff', subject: 'dpo', scopes: ROLE_SCOPES['data-protection'] });
    for (const path of [her, `${her}/consents/history`, `${her}/guardian-consent`]) {
      expect([path, JSON.stringify((await register.call('GET', path, { token })).body).includes(CLERK)]).toEqual([path, true]);
    }
  });
});
