import { CUSTOMER_SCOPES, ROLE_SCOPES, scopesOf } from './roles.js';

describe('roles', () => {
  it('add up', () => {
    expect(scopesOf(['register-staff', 'admin'])).toEqual([
      'audience:count', 'consents:read', 'consents:write', 'customers:read', 'customers:search', 'customers:write', 'erasures:read', 'erasures:write',
      'freshness:read', 'growth:read', 'requests:create', 'requests:read', 'wordings:read', 'wordings:write',
    ]);
  });

  it('give nothing when unknown', () => {
    expect(scopesOf(['boss', 'constructor'])).toEqual([]);
  });

  it('keep marketing away from the register, and everybody else away from marketing lists', () => {
    expect(ROLE_SCOPES.marketing.filter((scope) => /^(customers|consents|erasures)/.test(scope))).toEqual([]);
    const withLists = Object.entries(ROLE_SCOPES).filter(([, scopes]) => (scopes as readonly string[]).includes('audience:query')).map(([role]) => role);
    expect(withLists).toEqual(['marketing']);
  });

  it('let a customer look at nothing that concerns several', () => {
    expect(CUSTOMER_SCOPES.filter((scope) => /search|audience|mint/.test(scope))).toEqual([]);
  });
});
