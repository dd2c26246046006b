import { blindIndex } from '#addresses/blind-index.js';
import { suppressionDigest, suppressionKey } from './suppression-digest.js';

const INDEX_KEY = Buffer.alloc(32, 7);
const KEY = suppressionKey(INDEX_KEY);

describe('the digest of a suppressed address', () => {
  it('is the same however the email is written, and another for a phone', () => {
    expect(suppressionDigest(KEY, 'email', ' Aino@Example.FI ')).toEqual(suppressionDigest(KEY, 'email', 'aino@example.fi'));
    expect(suppressionDigest(KEY, 'phone', 'aino@example.fi')).not.toEqual(suppressionDigest(KEY, 'email', 'aino@example.fi'));
  });

  it('cannot be matched with the blind index of the live table', () => {
    expect(suppressionDigest(KEY, 'email', 'aino@example.fi')).not.toEqual(blindIndex(INDEX_KEY, 'email', 'aino@example.fi'));
    expect(suppressionKey(Buffer.alloc(32, 8))).not.toEqual(KEY);
  });
});
