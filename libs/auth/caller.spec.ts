import { callerOf, refusal, type Caller } from './caller.js';

const id = '3f1c2b7a-0000-4000-8000-00000000000a';
const program: Caller = { kind: 'program', subject: 'shop', roles: [], scopes: ['customers:read', 'consents:write'] };
const customer: Caller = { kind: 'customer', subject: id, roles: [], scopes: ['customers:read'] };

describe('who may call', () => {
  it('reads the scopes of a token', () => {
    expect(callerOf({ sub: 'shop', kind: 'program', scope: 'a:b  c:d ', roles: [], exp: 1 }).scopes).toEqual(['a:b', 'c:d']);
  });

  it('lets in whoever has every scope', () => {
    expect(refusal({ scopes: ['customers:read', 'consents:write'] }, program, {})).toBeUndefined();
  });

  it('names the scopes that are missing', () => {
    const refused = refusal({ scopes: ['customers:read', 'wordings:write'] }, program, {});
    expect(refused?.code).toBe('scope-missing');
    expect(refused?.context.extra).toEqual({ missingScopes: ['wordings:write'] });
    expect(refused?.context.headers?.['www-authenticate']).toContain('insufficient_scope');
  });

  it('opens to a customer her own data, and nothing else', () => {
    const route = { scopes: ['customers:read'], ownCustomerParameter: 'id' } as const;
    expect(refusal(route, customer, { id })).toBeUndefined();
    expect(refusal(route, customer, { id: id.toUpperCase() })).toBeUndefined();
    expect(refusal(route, customer, { id: id.replace('a', 'b') })?.code).toBe('not-own-data');
    expect(refusal(route, customer, {})?.code).toBe('not-own-data');
    expect(refusal({ scopes: ['customers:read'] }, customer, { id })?.code).toBe('not-own-data');
  });

  it('does not tie programs to one customer', () => {
    expect(refusal({ scopes: ['customers:read'], ownCustomerParameter: 'id' }, program, { id })).toBeUndefined();
  });
});
