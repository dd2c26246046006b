import { jest } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { type ApiDocument, withoutExample } from '#test/support/openapi.js';
import { RunningMarketing } from './running-marketing.js';

jest.setTimeout(60_000);

describe('the OpenAPI document of marketing', () => {
  let marketing: RunningMarketing;
  beforeAll(async () => {
    marketing = await RunningMarketing.prepare('openapi');
    await marketing.start();
  });
  afterAll(() => marketing.close());

  it('is valid, with an example for every body', async () => {
    const { body } = await marketing.call('GET', '/openapi.json');
    expect(await new Validator().validate(body)).toMatchObject({ valid: true });
    expect(withoutExample(body as unknown as ApiDocument)).toEqual([]);
    const { paths } = body as unknown as { paths: Record<string, Record<string, { responses: Record<string, { content?: object }> }>> };
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/v1/audience/check', '/v1/growth', '/v1/growth.svg']));
    expect(Object.keys(paths['/v1/audience/check']!['post']!.responses).sort()).toEqual(['200', '400', '401', '403', '413', '415', '422', '503']);
  });
});
