import { digestOf, digestsOf, keyCheck } from './address-digests.js';

const key = Buffer.alloc(32, 1);
const stored = digestsOf(key, { email: 'Aino.Virtanen@example.fi', phone: '+358451206627' });
const hex = (digest: Buffer | undefined): string | undefined => digest && `\\x${digest.toString('hex')}`;

describe('an address', () => {
  it.each(['Aino.Virtanen@example.fi', 'AINO.VIRTANEN@EXAMPLE.FI', ' aino.virtanen@example.fi '])('is found as %p', (email) => {
    expect(hex(digestOf(key, 'email', email))).toBe(stored.email_digest);
  });

  it.each(['+358451206627', '045 120 6627', '00358 45 1206627', '+358 (45) 1206627'])('is found as %p', (phone) => {
    expect(hex(digestOf(key, 'phone', phone))).toBe(stored.phone_digest);
  });

  it('is not found under another kind or another key', () => {
    expect(hex(digestOf(key, 'phone', '+358451206628'))).not.toBe(stored.phone_digest);
    expect(hex(digestOf(Buffer.alloc(32, 2), 'email', 'Aino.Virtanen@example.fi'))).not.toBe(stored.email_digest);
    expect(hex(digestOf(key, 'email', '+358451206627'))).not.toBe(stored.phone_digest);
  });

  it.each([['email', ''], ['email', '  '], ['phone', ''], ['phone', 'call me'], ['phone', 'aino@example.fi']] as const)(
    'that is none (%s %p) has no digest', (kind, text) => { expect(digestOf(key, kind, text)).toBeUndefined(); });
});

describe('digestsOf', () => {
  it('has a digest exactly where there is an address', () => {
    expect(digestsOf(key, { email: null, phone: null })).toEqual({ email_digest: null, phone_digest: null });
    expect(stored.email_digest).toMatch(/^\\x[0-9a-f]{64}$/);
  });
});

describe('keyCheck', () => {
  it('is the same for the same key only', () => {
    expect(keyCheck(Buffer.from(key))).toEqual(keyCheck(key));
    expect(keyCheck(Buffer.alloc(32, 2))).not.toEqual(keyCheck(key));
  });
});
