import { isPostalCode } from './postal-code.js';

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
