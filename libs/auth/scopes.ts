/** Everything a token can allow, in both services. */
export const SCOPES = [
  'customers:read', 'customers:write', 'customers:search',
  'consents:read', 'consents:write',
  'wordings:read', 'wordings:write',
  'erasures:read', 'erasures:write', 'holds:read', 'holds:write',
  'requests:read', 'requests:create', 'requests:write', 'disclosures:read', 'disclosures:write', 'access-log:read',
  'customer-tokens:mint',
  'audience:query', 'audience:count', 'audience:check', 'audience:explain', 'audience:find', 'growth:read', 'freshness:read',
  'segments:read', 'segments:write', 'exports:read', 'exports:write', 'removals:read',
] as const;
export type Scope = (typeof SCOPES)[number];

const known: ReadonlySet<string> = new Set(SCOPES);

export function isScope(text: string): text is Scope {
  return known.has(text);
}
