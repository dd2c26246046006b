import { createHmac } from 'node:crypto';
import { blindIndex } from './blind-index.js';
import { normaliseEmail } from './email.js';
import { normalisePhone } from './phone.js';

describe('an email address', () => {
  it('is the same however it is typed', () => {
    expect(normaliseEmail(' Aino.Virtanen@Example.FI\n')).toBe('aino.virtanen@example.fi');
    expect(normaliseEmail('a\u0308iti@example.fi')).toBe(normaliseEmail('\u00e4iti@example.fi'));
  });
});

describe('phone number', () => {
  it.each([['045 120 6627', '+358451206627'], ['+358 45 1206627', '+358451206627'], ['00358451206627', '+358451206627'], ['+46 70 174 06 05', '+46701740605']])(
    'writes %s as E.164', (text, e164) => expect(normalisePhone(text)).toBe(e164));
  it.each(['', 'call me', '123', '+358', '045 120 6627 or 09 1234567'])('refuses %s', (text) => expect(normalisePhone(text)).toBeUndefined());
});

describe('a blind index', () => {
  const key = Buffer.alloc(32, 7);

  it('is an HMAC of field and value', () => {
    expect(blindIndex(key, 'email', 'aino@example.fi')).toEqual(createHmac('sha256', key).update('email\0aino@example.fi').digest());
  });

  it('differs by key and by field', () => {
    const all = [blindIndex(key, 'email', 'x'), blindIndex(key, 'phone', 'x'), blindIndex(Buffer.alloc(32, 8), 'email', 'x')];
    expect(new Set(all.map(String)).size).toBe(3);
  });
});
