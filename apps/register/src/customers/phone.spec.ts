import { normalisePhone } from './phone.js';
import { isPostalCode } from './postal-code.js';

describe('phone number', () => {
  it.each([['045 120 6627', '+358451206627'], ['+358 45 1206627', '+358451206627'], ['00358451206627', '+358451206627'], ['+46 70 174 06 05', '+46701740605']])(
    'writes %s as E.164', (text, e164) => expect(normalisePhone(text)).toBe(e164));
  it.each(['', 'call me', '123', '+358', '045 120 6627 or 09 1234567'])('refuses %s', (text) => expect(normalisePhone(text)).toBeUndefined());
});

describe('postal code', () => {
  it('is five digits in Finland and on Åland', () => {
    expect(['04300', '4300', '043000', '0430a'].map((code) => isPostalCode(code, 'FI'))).toEqual([true, false, false, false]);
    expect(isPostalCode('22100', 'AX')).toBe(true);
  });
  it('may hold letters elsewhere', () => {
    expect(isPostalCode('SW1A 1AA', 'GB')).toBe(true);
    expect(isPostalCode('', 'SE')).toBe(false);
  });
});
