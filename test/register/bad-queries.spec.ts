import { jest } from '@jest/globals';
import { answeredWrongly, badQueries } from '#test/support/bad-queries.js';
import { newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';

jest.setTimeout(120_000);

let register: TestRegister;
beforeAll(async () => { register = await startTestRegister('bad-queries'); });
afterAll(async () => { await register.stop(); });

describe('whatever stands in the query of a route of the register', () => {
  it('is answered or refused, and breaks nothing', async () => {
    const id = String((await register.call('POST', '/v1/customers', { body: newCustomer() })).body['id']);
    const queries = badQueries((await register.call('GET', '/openapi.json')).body, id);
    expect(new Set(queries.filter(({ mayBeGood }) => !mayBeGood).map(({ path }) => path.split('?')[0])).size).toBeGreaterThan(6);
    const headers = { authorization: `Bearer ${await register.token({})}`, 'lupa-purpose': 'relationship-care' };
    const wrong = await answeredWrongly(queries, async (path) => {
      const answer = await fetch(register.url + path, { headers });
      return { status: answer.status, text: await answer.text() };
    });
    expect(wrong).toEqual([]);
  });
});
