import type { Caller } from './caller.js';
import { TokenCache } from './token-cache.js';

const caller: Caller = { kind: 'program', subject: 'shop', roles: [], scopes: [] };

describe('token cache', () => {
  it('forgets a token at the moment it expires', () => {
    let now = 1_000;
    const cache = new TokenCache(10, () => now);
    cache.put('a', caller, 2_000);
    expect(cache.get('a')).toBe(caller);
    now = 2_000;
    expect(cache.get('a')).toBeUndefined();
  });

  it('drops the oldest when full', () => {
    const cache = new TokenCache(2, () => 0);
    for (const token of ['a', 'b', 'c']) cache.put(token, caller, 1);
    expect(['a', 'b', 'c'].map((token) => cache.get(token) === caller)).toEqual([false, true, true]);
  });
});
