import { rotation, signingKey, TOKEN_LIFE_SECONDS, verifyingKeys } from './key-ring.js';

const at = (seconds: number): Date => new Date(1_800_000_000_000 + seconds * 1_000);
const key = (name: string, signsFrom: number, retiresAt: number | null = null) => ({
  name,
  signsFrom: at(signsFrom),
  retiresAt: retiresAt === null ? null : at(retiresAt),
});

describe('the key ring', () => {
  it('signs with the latest key that has begun', () => {
    const keys = [key('new', 100), key('old', 0), key('next', 300)];
    expect(signingKey(keys, at(99))?.name).toBe('old');
    expect(signingKey(keys, at(100))?.name).toBe('new');
    expect(signingKey(keys, at(300))?.name).toBe('next');
  });

  it('has no key before the first begins, nor after the last retires', () => {
    expect(signingKey([key('a', 10)], at(9))).toBeUndefined();
    expect(signingKey([key('a', 0, 10)], at(10))).toBeUndefined();
    expect(verifyingKeys([key('a', 0, 10)], at(10))).toEqual([]);
  });

  it('publishes a key before it signs', () => {
    expect(verifyingKeys([key('a', 100)], at(0)).map(({ name }) => name)).toEqual(['a']);
  });

  it('rotates without a gap: at each second a key signs, and verifies for as long as its tokens live', () => {
    const { signsFrom, othersRetireAt } = rotation(at(0));
    const keys = [{ name: 'old', signsFrom: at(-1_000), retiresAt: othersRetireAt }, { name: 'new', signsFrom, retiresAt: null }];
    for (let second = 0; second < 2_000; second += 1) {
      const signer = signingKey(keys, at(second));
      expect(signer).toBeDefined();
      const lastUse = at(second + TOKEN_LIFE_SECONDS);
      expect(verifyingKeys(keys, lastUse)).toContain(signer);
    }
    expect(signsFrom).toEqual(at(60));
    expect(verifyingKeys(keys, at(60 + TOKEN_LIFE_SECONDS + 60)).map(({ name }) => name)).toEqual(['new']);
  });
});
