// A patient client of the REST APIs: repeats what failed through no fault of the request.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Told } from '../lib/say.mjs';

/** The text itself is personal to nobody; its hash is what evidence names. */
export const sha256 = (text) => createHash('sha256').update(text.normalize('NFC'), 'utf8').digest('hex');

/** A refusal that repeating would not change. `code` is that of the problem document. Says nothing of what was sent. */
export class Refused extends Told {
  constructor(what, status, problem) {
    const fields = (problem.errors ?? []).map(({ pointer, detail }) => ` ${pointer} ${detail}.`).join('');
    super(`${what} was refused (${status}): ${problem.title ?? 'no reason given'}${fields}`);
    this.code = problem.type?.split('/').at(-1);
    this.problem = problem;
  }
}

/**
 * `token` is a string, or an async function that gives a fresh one (tokens last 15 minutes).
 * The client repeats after lost connections, 5xx, 429 and "still in progress", for `patienceMs` on end.
 */
export function apiClient({ url, token, patienceMs = 120_000 }) {
  let held;
  const currentToken = async () => (typeof token === 'function' ? (held ??= Promise.resolve(token())) : token);

  async function attempt(method, path, { body, key, purpose, ifMatch }) {
    const headers = {
      authorization: `Bearer ${await currentToken()}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key && { 'idempotency-key': key }),
      ...(purpose && { 'lupa-purpose': purpose }),
      ...(ifMatch && { 'if-match': ifMatch }),
    };
    const response = await fetch(`${url}${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal: AbortSignal.timeout(30_000) });
    const text = await response.text();
    return { status: response.status, answer: text ? JSON.parse(text) : {}, etag: response.headers.get('etag'), retryAfterMs: Number(response.headers.get('retry-after') ?? 0) * 1000 };
  }

  /** The answer's body, or with `withTag` its { answer, etag }. `what` names the request in an error. @throws Refused, or Told when patience ends */
  return async function request(what, method, path, options = {}) {
    const end = Date.now() + (options.patienceMs ?? patienceMs);
    let refreshed = false;
    for (let tries = 0; ; tries += 1) {
      let outcome;
      try {
        outcome = await attempt(method, path, options);
      } catch (error) {
        if (error instanceof Told) throw error;
        held = undefined; // it may have been the token's source that was away
        outcome = { status: 0, answer: { title: 'it does not answer' }, retryAfterMs: 0 };
      }
      const { status, answer, etag, retryAfterMs } = outcome;
      if (status >= 200 && status < 300) return options.withTag ? { answer, etag } : answer;
      const refusal = new Refused(what, status, answer);
      if (status === 401 && typeof token === 'function' && !refreshed) {
        refreshed = true;
        held = undefined;
        continue;
      }
      const passing = status === 0 || status >= 500 || status === 429 || refusal.code === 'idempotency-in-progress';
      if (!passing) throw refusal;
      if (Date.now() > end) throw new Told(`${what} did not succeed within ${Math.round((options.patienceMs ?? patienceMs) / 1000)} s: ${answer.title ?? status}`);
      const backoff = Math.min(3000, 150 * 2 ** Math.min(tries, 5));
      await sleep(Math.max(retryAfterMs, backoff * (0.5 + Math.random())));
    }
  };
}
