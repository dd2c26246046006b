/** Client id and secret as the caller has given them. */
export interface ClientCredentials {
  readonly id: string;
  readonly secret: string;
}

/**
 * Reads them from the Authorization header (RFC 6749 § 2.3.1: Basic, each part form-encoded) or from the body, never from both.
 * Undefined when they are missing, doubled or unreadable.
 */
export function clientCredentials(
  authorization: string | undefined,
  body: { readonly client_id?: string | undefined; readonly client_secret?: string | undefined },
): ClientCredentials | undefined {
  if (authorization === undefined) {
    return body.client_id === undefined || body.client_secret === undefined ? undefined : { id: body.client_id, secret: body.client_secret };
  }
  if (body.client_secret !== undefined) return undefined;
  const encoded = /^basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization.trim())?.[1];
  const decoded = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 1) return undefined;
  const id = formDecoded(decoded.slice(0, colon));
  const secret = formDecoded(decoded.slice(colon + 1));
  if (id === undefined || secret === undefined) return undefined;
  return body.client_id === undefined || body.client_id === id ? { id, secret } : undefined;
}

function formDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
