import { clientCredentials } from './client-credentials.js';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('client credentials', () => {
  it('come by Basic, form-encoded', () => {
    expect(clientCredentials(basic('web-shop:a%3Ab%2Bc'), {})).toEqual({ id: 'web-shop', secret: 'a:b+c' });
  });

  it('come in the body', () => {
    expect(clientCredentials(undefined, { client_id: 'web-shop', client_secret: 's' })).toEqual({ id: 'web-shop', secret: 's' });
  });

  it('may name the client twice when it is the same', () => {
    expect(clientCredentials(basic('web-shop:s'), { client_id: 'web-shop' })).toEqual({ id: 'web-shop', secret: 's' });
  });

  it.each([
    ['nothing', undefined, {}],
    ['an id only', undefined, { client_id: 'web-shop' }],
    ['both ways at once', basic('web-shop:s'), { client_secret: 's' }],
    ['two ids', basic('web-shop:s'), { client_id: 'other' }],
    ['no colon', basic('web-shop'), {}],
    ['an empty id', basic(':s'), {}],
    ['a broken encoding', basic('web-shop:%zz'), {}],
    ['another scheme', 'Bearer abc', {}],
  ])('are not taken from %s', (_name, authorization, body) => {
    expect(clientCredentials(authorization, body)).toBeUndefined();
  });
});
