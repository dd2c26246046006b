import { Validator } from '@seriousme/openapi-schema-validator';
import { startTestRegister, type TestRegister } from '#test/support/register.js';

let register: TestRegister;
beforeAll(async () => { register = await startTestRegister('openapi'); });
afterAll(async () => { await register.stop(); });

interface Operation { readonly requestBody?: object }

describe('the OpenAPI document of the register', () => {
  it('is valid, with an example for every body', async () => {
    const document = (await register.call('GET', '/openapi.json')).body as {
      paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, object> };
    };
    expect(await new Validator().validate(document)).toMatchObject({ valid: true });
    const operations = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, ...operation })));
    const resolved = (body: object): string => JSON.stringify(body, (_, value: { $ref?: string } | null) =>
      (value?.$ref === undefined ? value : document.components.schemas[value.$ref.replace('#/components/schemas/', '')]));
    expect(operations.filter(({ requestBody }) => requestBody && !/"examples?":/.test(resolved(requestBody))).map(({ name }) => name)).toEqual([]);
  });
});
