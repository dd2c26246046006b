// The register as a patient client sees it: repeats a write under the same key until it is answered for good.
import { randomUUID } from 'node:crypto';
import { sleep } from '../lib/processes.mjs';
import { programToken } from '../lib/tokens.mjs';

const PATIENCE_MS = 120_000;

export class Client {
  constructor(base, program, registerUrl = base) {
    Object.assign(this, { base, program, registerUrl, retries: 0 });
  }

  async token() {
    this.pendingToken ??= programToken(this.registerUrl, this.program);
    try {
      return await this.pendingToken;
    } catch (error) {
      this.pendingToken = undefined;
      throw error;
    }
  }

  /** One request, one answer: { status, body }. Throws what fetch throws. */
  async once(method, path, body, headers = {}) {
    const response = await fetch(`${this.base}${path}`, {
      method,
      headers: { authorization: `Bearer ${await this.token()}`, ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(15_000),
    });
    if (response.status === 401) this.pendingToken = undefined;
    return { status: response.status, body: await response.json() };
  }

  /** Repeats until the answer is one of success; any other final answer is an error of the test or of the service. */
  async write({ method, path, body, headers }) {
    const key = randomUUID();
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      const answer = await this.once(method, path, body, { 'idempotency-key': key, ...headers }).catch(() => undefined);
      if (answer && answer.status < 300) return answer.body;
      const code = answer?.body?.type?.split('/').at(-1);
      const passing = !answer || answer.status >= 500 || [401, 429].includes(answer.status) || code === 'idempotency-in-progress';
      if (!passing) throw new Error(`${method} ${path.replace(/[0-9a-f-]{36}/, '{id}')} answered ${answer.status} ${code}`);
      if (answer?.status === 500) this.errors500 = (this.errors500 ?? 0) + 1;
      if (Date.now() > until) throw new Error(`${method} was not answered within ${PATIENCE_MS / 1000} s (last ${answer?.status ?? 'no answer'} ${code ?? ''})`);
      this.retries += 1;
      await sleep(50);
    }
  }
}
