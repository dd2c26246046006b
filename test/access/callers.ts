import { createHmac } from 'node:crypto';
import { decodeJwt, UnsecuredJWT } from 'jose';
import type { Caller } from '#auth/caller.js';
import { SCOPES } from '#auth/scopes.js';
import { ROLE_SCOPES, type Role } from '#register/access/roles.js';
import { createTokenMint, type TokenMint, type TokenWish } from '#test/support/token-mint.js';
import type { Route } from './routes.js';

export const ROLES = Object.keys(ROLE_SCOPES) as Role[];

/** Somebody who may do everything: what is wrong with the token is all that can keep her out. */
const MIGHTY: TokenWish = { kind: 'staff', subject: 'mighty', roles: ROLES, scopes: SCOPES };

/** Callers nobody can tell who they are: what stands in their Authorization header, and the problem they get. */
export const UNKNOWN_CALLERS: Readonly<Record<string, { problem: string; authorization(mint: TokenMint): Promise<string | undefined> }>> = {
  nobody: { problem: 'token-missing', authorization: async () => undefined },
  'an empty header': { problem: 'token-missing', authorization: async () => ' ' },
  'a name and a password': { problem: 'token-invalid', authorization: async () => `Basic ${Buffer.from('mighty:password').toString('base64')}` },
  'a token that has expired': { problem: 'token-expired', authorization: (mint) => mint.bearer({ ...MIGHTY, lifetime: -60 }) },
  'a token of another issuer': { problem: 'token-invalid', authorization: (mint) => mint.bearer({ ...MIGHTY, issuer: 'somebody-else' }) },
  'a token for another service': { problem: 'token-invalid', authorization: (mint) => mint.bearer({ ...MIGHTY, audience: 'somewhere-else' }) },
  'a token signed by another key under our key id': { problem: 'token-invalid', authorization: async (mint) => (await createTokenMint(mint.kid)).bearer(MIGHTY) },
  'a token signed by a key nobody has heard of': { problem: 'token-invalid', authorization: async () => (await createTokenMint('unheard-of')).bearer(MIGHTY) },
  'a token that nobody has signed': { problem: 'token-invalid', authorization: async (mint) => `Bearer ${await unsigned(mint)}` },
  'a token signed with our public key as a secret': { problem: 'token-invalid', authorization: async (mint) => `Bearer ${await signedWithPublicKey(mint)}` },
  'a token changed after it was signed': { problem: 'token-invalid', authorization: async (mint) => `Bearer ${await tampered(mint)}` },
};

async function unsigned(mint: TokenMint): Promise<string> {
  const [, claims] = new UnsecuredJWT(decodeJwt(await mint.mint(MIGHTY))).encode().split('.');
  return `${encoded({ alg: 'none', kid: mint.kid })}.${claims!}.`;
}

async function signedWithPublicKey(mint: TokenMint): Promise<string> {
  const [, claims] = (await mint.mint(MIGHTY)).split('.');
  const content = `${encoded({ alg: 'HS256', kid: mint.kid })}.${claims!}`;
  return `${content}.${createHmac('sha256', (await mint.publicKey(mint.kid))!).update(content).digest('base64url')}`;
}

async function tampered(mint: TokenMint): Promise<string> {
  const [header, , signature] = (await mint.mint({ ...MIGHTY, scopes: [] })).split('.');
  return `${header!}.${(await mint.mint(MIGHTY)).split('.')[1]!}.${signature!}`;
}

function encoded(header: object): string {
  return Buffer.from(JSON.stringify(header)).toString('base64url');
}

/** What a caller gets at a route for a customer's id: written down apart from the guard, from what the route states. */
export function expectedFor({ scopes, ownCustomer }: Route, caller: Pick<Caller, 'kind' | 'subject' | 'scopes'>, parameters: Readonly<Record<string, string>>): string {
  if (!scopes.every((scope) => caller.scopes.includes(scope))) return 'scope-missing';
  if (caller.kind === 'customer' && (ownCustomer === undefined || parameters[ownCustomer] !== caller.subject)) return 'not-own-data';
  return 'let in';
}
