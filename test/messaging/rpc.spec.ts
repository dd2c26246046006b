import { jest } from '@jest/globals';
import { ConfirmingClient } from '#messaging/confirming-client.js';
import { RpcRefused, RpcUnavailable } from '#messaging/messaging.errors.js';
import { QUEUES } from '#messaging/topology.js';
import { createVhost, type TestVhost } from '#test/support/broker.js';
import { waitFor } from '#test/support/wait-for.js';
import { firstValueFrom } from 'rxjs';
import { gate, Opened, range, RecordingLog } from './support.js';

jest.setTimeout(30_000);

describe('rpc', () => {
  let vhost: TestVhost;
  const opened = new Opened();

  beforeEach(async () => { vhost = await createVhost('rpc'); });
  afterEach(async () => {
    await opened.closeAll();
    await vhost.delete();
  });

  async function client(timeoutMs = 10_000, url = vhost.url): Promise<ConfirmingClient> {
    const connection = opened.connection(url, 'client');
    const confirming = new ConfirmingClient(connection, timeoutMs);
    await confirming.publishAll([]); // connected, and the topology asserted for the last time
    return confirming;
  }

  async function serve(handlers: Record<string, (request: never) => Promise<unknown>>, log = new RecordingLog(), url = vhost.url): Promise<void> {
    opened.server(opened.connection(url, 'server', log), [], handlers, QUEUES.rpc);
    await waitFor('the server', async () => await vhost.consumers(QUEUES.rpc).catch(() => 0) > 0);
  }

  function ask(from: ConfirmingClient, pattern: string, request: unknown): Promise<unknown> {
    return firstValueFrom(from.send<unknown>(pattern, request));
  }

  it('answers requests, each with its own answer', async () => {
    await serve({ double: async ({ n }: { n: number }) => ({ n: 2 * n }) });
    const from = await client();
    const answers = await Promise.all(range(50).map((n) => ask(from, 'double', { n })));
    expect(answers).toEqual(range(50).map((n) => ({ n: 2 * n })));
  });

  it('takes an answer of 600 kB', async () => {
    const text = 'ä'.repeat(300_000);
    await serve({ big: async () => ({ text }) });
    expect(await ask(await client(), 'big', {})).toEqual({ text });
  });

  it('answers null where a handler returns nothing', async () => {
    await serve({ nothing: async () => undefined });
    expect(await ask(await client(), 'nothing', {})).toBeNull();
  });

  it('tells the code of a failed handler, and nothing else of its error, nor logs it', async () => {
    const log = new RecordingLog();
    await serve({ fail: async () => { throw Object.assign(new Error('Aino Virtanen'), { code: 'too-many' }); } }, log);
    const failure: unknown = await ask(await client(), 'fail', {}).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RpcRefused);
    expect(failure).toMatchObject({ code: 'RpcRefused', remoteCode: 'too-many' });
    expect(log.events.at(-1)).toEqual({ msg: 'request-failed', values: { pattern: 'fail', code: 'too-many' } });
    expect(JSON.stringify([failure, log.events])).not.toContain('Aino');
  });

  it('refuses a pattern nobody handles', async () => {
    await serve({ known: async () => ({}) });
    await expect(ask(await client(), 'other', {})).rejects.toMatchObject({ code: 'RpcRefused', remoteCode: 'unknown-pattern' });
  });

  it('answers at most four requests at a time', async () => {
    let running = 0;
    let most = 0;
    const go = gate();
    await serve({ slow: async () => { most = Math.max(most, ++running); await go.opened; running--; return {}; } });
    const from = await client();
    const answers = Promise.all(range(20).map(() => ask(from, 'slow', {})));
    await waitFor('the rest in the queue', async () => await vhost.ready(QUEUES.rpc) === 16);
    expect(running).toBe(4);
    go.open();
    expect(await answers).toHaveLength(20);
    expect(most).toBe(4);
  });

  it('is unavailable at once when there is no connection', async () => {
    const url = new URL(vhost.url);
    url.port = '1';
    const from = new ConfirmingClient(opened.connection(url.href));
    const failure: unknown = await ask(from, 'any', {}).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RpcUnavailable);
    expect(failure).toMatchObject({ code: 'RpcUnavailable', reason: 'not-connected' });
  });

  it('is unavailable at once when the queue for requests is missing', async () => {
    const from = await client();
    await vhost.deleteQueue(QUEUES.rpc);
    await expect(ask(from, 'any', {})).rejects.toMatchObject({ code: 'RpcUnavailable', reason: 'no-queue' });
  });

  it('is unavailable after the time is up when nobody serves, and the request is dropped', async () => {
    const asked: unknown[] = [];
    const from = await client(300);
    await expect(ask(from, 'late', { n: 1 })).rejects.toMatchObject({ code: 'RpcUnavailable', reason: 'timeout' });
    await waitFor('the expiry', async () => await vhost.ready(QUEUES.rpc) === 0);
    await serve({ late: async (request: unknown) => { asked.push(request); return {}; } });
    await ask(await client(), 'late', { n: 2 });
    expect(asked).toEqual([{ n: 2 }]);
  });

  it('ignores an answer that comes after the time is up', async () => {
    const go = gate();
    await serve({ slow: async ({ n }: { n: number }) => { if (n === 1) await go.opened; return { n }; } });
    const from = await client(500);
    await expect(ask(from, 'slow', { n: 1 })).rejects.toMatchObject({ reason: 'timeout' });
    go.open();
    expect(await ask(from, 'slow', { n: 2 })).toEqual({ n: 2 });
  });

  it('is unavailable at once when the connection is lost while waiting, and works after', async () => {
    let asked = 0;
    const go = gate();
    await serve({ slow: async () => { asked++; await go.opened; return {}; } });
    const { proxy, url } = await opened.overProxy(vhost.url);
    const from = await client(10_000, url);
    const answer = ask(from, 'slow', {});
    const refused = expect(answer).rejects.toMatchObject({ code: 'RpcUnavailable', reason: 'connection-lost' });
    await waitFor('the request', () => asked === 1);
    proxy.cut();
    await refused;
    go.open();
    await waitFor('an answer', () => ask(from, 'slow', {}).then(() => true, () => false));
  });

  it('answers again after the server lost its connection in the middle of a request', async () => {
    let asked = 0;
    const first = gate();
    const log = new RecordingLog();
    const { proxy, url } = await opened.overProxy(vhost.url);
    await serve({ slow: async () => { if (++asked === 1) await first.opened; return { asked }; } }, log, url);
    const from = await client();
    const answer = ask(from, 'slow', {});
    await waitFor('the request', () => asked === 1);
    proxy.cut();
    await waitFor('the loss', () => log.count('broker-lost') === 1);
    first.open();
    expect(await answer).toEqual({ asked: 2 });
  });

  it('finishes the requests in hand at a graceful close', async () => {
    let asked = 0;
    const go = gate();
    const server = opened.server(opened.connection(vhost.url, 'server'), [], {
      slow: async () => { asked++; await go.opened; return { done: true }; },
    }, QUEUES.rpc);
    const answer = ask(await client(), 'slow', {});
    await waitFor('the request', () => asked === 1);
    const closing = server.close();
    go.open();
    expect(await answer).toEqual({ done: true });
    await closing;
  });
});
