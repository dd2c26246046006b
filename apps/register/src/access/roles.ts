import type { Scope } from '#auth/scopes.js';

/** What each role of staff may do (least privilege, R10). */
export const ROLE_SCOPES = {
  'register-staff': [
    'customers:read', 'customers:write', 'customers:search', 'consents:read', 'consents:write', 'wordings:read', 'erasures:read', 'erasures:write',
    'requests:read', 'requests:create',
  ],
  marketing: [
    'audience:query', 'audience:count', 'audience:check', 'audience:explain', 'growth:read', 'freshness:read', 'wordings:read',
    'segments:read', 'segments:write', 'exports:read', 'exports:write', 'removals:read',
  ],
  'data-protection': [
    'customers:read', 'customers:search', 'consents:read', 'wordings:read', 'erasures:read', 'erasures:write',
    'holds:read', 'holds:write', 'requests:read', 'requests:create', 'requests:write', 'disclosures:read', 'disclosures:write', 'access-log:read',
    'audience:count', 'audience:explain', 'audience:find', 'growth:read', 'freshness:read', 'removals:read',
  ],
  admin: ['audience:count', 'growth:read', 'wordings:read', 'wordings:write', 'freshness:read'],
} as const satisfies Record<string, readonly Scope[]>;
export type Role = keyof typeof ROLE_SCOPES;

/** What a customer may do, with her own data only. */
export const CUSTOMER_SCOPES = [
  'customers:read', 'consents:read', 'consents:write', 'erasures:write', 'requests:read', 'requests:create', 'disclosures:read', 'access-log:read',
] as const satisfies readonly Scope[];

/** The roles each of which gives all of these scopes. */
export function rolesWith(...scopes: readonly Scope[]): Role[] {
  return Object.keys(ROLE_SCOPES).filter(isRole).filter((role) => scopes.every((scope) => (ROLE_SCOPES[role] as readonly Scope[]).includes(scope)));
}

export function isRole(text: string): text is Role {
  return Object.hasOwn(ROLE_SCOPES, text);
}

/** Scopes of all the roles together, each once, sorted. Roles that no longer exist give nothing. */
export function scopesOf(roles: readonly string[]): Scope[] {
  return [...new Set(roles.filter(isRole).flatMap((role): readonly Scope[] => ROLE_SCOPES[role]))].sort();
}
