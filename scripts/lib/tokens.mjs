// Tokens of the register, fetched the way any client would.
import { Told } from './say.mjs';

/** A program's token by client credentials (RFC 6749 § 4.4). */
export const programToken = (registerUrl, { id, secret }) =>
  tokenFrom(`${registerUrl}/v1/token`, { body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }) });

/** A staff member's token by user name and password. */
export const staffToken = (registerUrl, { username, password }) =>
  tokenFrom(`${registerUrl}/v1/staff/token`, { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ username, password }) });

async function tokenFrom(url, request) {
  const response = await fetch(url, { method: 'POST', ...request, signal: AbortSignal.timeout(20_000) });
  if (response.status >= 500) throw new Error(`No token now (${response.status})`); // passing: worth another try
  const answer = await response.json();
  if (!response.ok) throw new Told(`The register gave no token (${response.status} ${answer.title ?? answer.error ?? ''}).`);
  return answer.access_token;
}
