import { Validator } from '@seriousme/openapi-schema-validator';
import { type ApiDocument, withoutExample } from '#test/support/openapi.js';
import { startTestRegister, type TestRegister } from '#test/support/register.js';

let register: TestRegister;
beforeAll(async () => { register = await startTestRegister('openapi'); });
afterAll(async () => { await register.stop(); });

describe('the OpenAPI document of the register', () => {
  it('is valid, with an example for every body', async () => {
    const { body } = await register.call('GET', '/openapi.json');
    expect(await new Validator().validate(body)).toMatchObject({ valid: true });
    expect(withoutExample(body as unknown as ApiDocument)).toEqual([]);
  });
});
