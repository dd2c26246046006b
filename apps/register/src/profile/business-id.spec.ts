import fc from 'fast-check';
import { isBusinessId } from './business-id.js';

describe('business identity code', () => {
  it('accepts issued codes', () => {
    expect(['2309658-6', '0737546-2', '1572860-0', '0112038-9'].map(isBusinessId)).toEqual([true, true, true, true]);
  });

  it('refuses other shapes', () => {
    expect(['23096586', '2309658-', '230965-86', ' 2309658-6', '2309658-66', ''].some(isBusinessId)).toBe(false);
  });

  it('accepts at most one check digit for a number, so every single wrong digit at the end is found', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 9_999_999 }), (number) => {
      const digits = String(number).padStart(7, '0');
      const valid = Array.from({ length: 10 }, (_, check) => isBusinessId(`${digits}-${check}`)).filter(Boolean);
      return valid.length <= 1;
    }));
  });
});
