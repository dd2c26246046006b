// Tokens of the register, fetched the way any client would.
import { Told } from './say.mjs';

/** A program's token by client credentials (RFC 6749 § 4.4). */
export const programToken = (registerUrl, { id, secret }) =>
  tokenFrom(`${registerUrl}/v1/tokens`, { grant_type: 'client_credentials', client_id: id, client_secret: secret });

/** A staff member's token by user name and password. */
export const staffToken = (registerUrl, { username, password }) =>
  tokenFrom(`${registerUrl}/v1/tokens`, { grant_type: 'password', username, password });

async function tokenFrom(url, form) {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form), signal: AbortSignal.timeout(20_000) });
  const answer = await response.json();
  if (!response.ok) throw new Told(`The register gave no token (${response.status} ${answer.title ?? ''}).`);
  return answer.access_token;
}
