import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

/** What one round of load showed. */
export interface LoadResult {
  /** Answers per second. */
  readonly perSecond: number;
  /** Milliseconds from writing a request to the end of its answer, one per answer. */
  readonly latencies: Float64Array;
  /** Answers that were not 2xx. */
  readonly refused: number;
  /** First lines of refused answers, for the reader. */
  readonly firstRefusal: string | undefined;
  /** Share of one core that this client itself used: near 1 it would measure itself. */
  readonly clientCpu: number;
}

interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  /** Ends earlier, after so many requests. */
  readonly requests?: number;
  /** Each connection rests this long between an answer and its next request. */
  readonly pauseMs?: number;
  /** The next whole request, as it goes over the wire. */
  readonly nextRequest: () => Buffer;
}

const HEADER_END = Buffer.from('\r\n\r\n');

/**
 * Keeps `connections` requests under way for `seconds`. Speaks HTTP/1.1 over plain sockets, because on a machine that is
 * shared with the server a full client costs as much as the server it measures.
 */
export async function load({ url, connections, seconds, requests = Infinity, pauseMs = 0, nextRequest }: LoadOptions): Promise<LoadResult> {
  const { hostname, port } = new URL(url);
  const latencies: number[] = [];
  let sent = 0;
  let refused = 0;
  let firstRefusal: string | undefined;
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const end = started + seconds * 1_000;

  const drive = (socket: Socket) => new Promise<void>((resolve, reject) => {
    let sentAt = 0;
    let held: Buffer = Buffer.alloc(0);
    const send = () => {
      if (performance.now() >= end || sent >= requests) {
        socket.destroy();
        resolve();
        return;
      }
      const request = nextRequest();
      sent += 1;
      sentAt = performance.now();
      socket.write(request);
    };
    socket.on('data', (chunk) => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const headerEnd = held.indexOf(HEADER_END);
      if (headerEnd < 0) return;
      const head = held.toString('latin1', 0, headerEnd);
      const length = /\r\ncontent-length: (\d+)/i.exec(head);
      if (!length) {
        reject(new Error(`answer without Content-Length: ${head.slice(0, 200)}`));
        return;
      }
      if (held.length < headerEnd + 4 + Number(length[1])) return;
      latencies.push(performance.now() - sentAt);
      if (!/^HTTP\/1\.1 2/.test(head)) {
        refused += 1;
        firstRefusal ??= held.toString('utf8').slice(0, 1_000);
      }
      held = Buffer.alloc(0);
      if (pauseMs > 0) setTimeout(send, pauseMs);
      else send();
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the server closed a connection')));
    send();
  });

  await Promise.all(Array.from({ length: connections }, async () => drive(await opened(hostname, Number(port)))));
  const elapsedMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    perSecond: latencies.length / (elapsedMs / 1_000),
    latencies: Float64Array.from(latencies),
    refused,
    firstRefusal,
    clientCpu: (user + system) / 1_000 / elapsedMs,
  };
}

function opened(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    socket.once('connect', () => resolve(socket)).once('error', reject);
  });
}
