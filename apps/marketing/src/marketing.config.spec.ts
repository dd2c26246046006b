import { ConfigurationError } from '#service/configuration.js';
import { readMarketingConfig } from './marketing.config.js';

const SECRET = 'not-a-key-but-secret';
const COMPLETE = {
  MARKETING_DATABASE_URL: 'postgres://lupa_marketing:pw@127.0.0.1:5432/lupa_marketing',
  AMQP_URL: 'amqp://lupa:pw@127.0.0.1:5672',
  LINK_DIGEST_KEY: Buffer.alloc(32, 1).toString('base64'),
  MARKETING_INDEX_KEY: Buffer.alloc(32, 2).toString('base64'),
  MARKETING_STATEMENT_KEY: JSON.stringify({ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd', use: 'sig' }),
};

describe('readMarketingConfig', () => {
  it('fills in what has a default', () => {
    expect(readMarketingConfig(COMPLETE)).toMatchObject({ host: '127.0.0.1', port: 3001, freshnessLimitMs: 60_000, smallGroupThreshold: 10, poolSize: 10 });
  });

  it('takes directories by name', () => {
    expect(readMarketingConfig(COMPLETE).searchDirectories).toEqual([]);
    expect(readMarketingConfig({ ...COMPLETE, MARKETING_SEARCH_DIRECTORIES: '{"logs":"/var/log/lupa"}' }).searchDirectories).toEqual([{ store: 'logs', path: '/var/log/lupa' }]);
  });

  it('takes 0 to tell every count', () => {
    expect(readMarketingConfig({ ...COMPLETE, SMALL_GROUP_THRESHOLD: '0' }).smallGroupThreshold).toBe(0);
  });

  it.each([
    ['MARKETING_DATABASE_URL', undefined],
    ['AMQP_URL', 'http://127.0.0.1'],
    ['LINK_DIGEST_KEY', Buffer.alloc(16).toString('base64')],
    ['MARKETING_INDEX_KEY', undefined],
    ['MARKETING_INDEX_KEY', SECRET],
    ['MARKETING_STATEMENT_KEY', SECRET],
    ['MARKETING_STATEMENT_KEY', JSON.stringify({ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' })],
    ['FRESHNESS_LIMIT_SECONDS', '0'],
    ['FRESHNESS_LIMIT_SECONDS', 'for ever'],
    ['SMALL_GROUP_THRESHOLD', ''],
    ['SNAPSHOT_RETENTION_MONTHS', '0'],
    ['SMALL_GROUP_THRESHOLD', '-1'],
    ['MARKETING_PORT', '70000'],
    ['MARKETING_SEARCH_DIRECTORIES', SECRET],
    ['MARKETING_SEARCH_DIRECTORIES', `["/${SECRET}"]`],
    ['MARKETING_SEARCH_DIRECTORIES', `{"marketing-exports":"/${SECRET}"}`],
    ['MARKETING_SEARCH_DIRECTORIES', `{"${SECRET} 1":"/var/log"}`],
    ['MARKETING_SEARCH_DIRECTORIES', '{"logs":""}'],
  ])('names %s when it is %p, and does not repeat it', (name, value) => {
    const read = (): unknown => readMarketingConfig({ ...COMPLETE, [name]: value });
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(name);
    expect(read).not.toThrow(SECRET);
  });
});
