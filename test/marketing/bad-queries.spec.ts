import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { SCOPES } from '#auth/scopes.js';
import { answeredWrongly, badQueries } from '#test/support/bad-queries.js';
import { RunningMarketing } from './running-marketing.js';

jest.setTimeout(120_000);

describe('whatever stands in the query of a route of marketing', () => {
  let marketing: RunningMarketing;
  beforeAll(async () => { marketing = await RunningMarketing.prepare('bad-queries'); });
  afterAll(() => marketing.close());

  it('is answered or refused, and breaks nothing', async () => {
    const app = await marketing.start();
    const queries = badQueries((await marketing.call('GET', '/openapi.json')).body, randomUUID());
    expect(new Set(queries.filter(({ mayBeGood }) => !mayBeGood).map(({ path }) => path.split('?')[0])).size).toBeGreaterThan(4);
    const headers = { authorization: await marketing.tokens.bearer({ scopes: SCOPES }), 'lupa-purpose': 'marketing' };
    const wrong = await answeredWrongly(queries, async (url) => {
      const { statusCode, payload } = await app.inject({ method: 'GET', url, headers });
      return { status: statusCode, text: payload };
    });
    expect(wrong).toEqual([]);
  });
});
