import fc from 'fast-check';
import { holdsPersonalIdentityCode } from './personal-identity-code.js';

describe('personal identity code in a text', () => {
  it.each(['131052-308T', '010190+123A', '010203A999X', 'Matti 131052-308T Meikäläinen', '(131052-308t)', '010594Y9021', '131052–308T', '131052−308T', '131052‑308T', '１３１０５２-３０８Ｔ'])('is seen in %s', (text) => {
    expect(holdsPersonalIdentityCode(text)).toBe(true);
  });

  it.each(['Meikäläinen', '321052-308T', '131352-308T', '04300', '1131052-308T', 'Moukarinkuja 4 C1', 'EAN 6411300000494'])('is not seen in %s', (text) => {
    expect(holdsPersonalIdentityCode(text)).toBe(false);
  });

  it('is seen for every day, century sign and serial number', () => {
    const code = fc.tuple(fc.integer({ min: 1, max: 28 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 99 }),
      fc.constantFrom(...'-+ABCDEFUVWXY'), fc.integer({ min: 2, max: 999 }), fc.constantFrom(...'0123456789ABCDEFHJKLMNPRSTUVWXY'));
    fc.assert(fc.property(code, ([day, month, year, sign, serial, check]) => {
      const two = (n: number) => String(n).padStart(2, '0');
      return holdsPersonalIdentityCode(`x ${two(day)}${two(month)}${two(year)}${sign}${String(serial).padStart(3, '0')}${check} y`);
    }));
  });
});
