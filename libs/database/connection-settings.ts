import { WatchfulClient, type WatchfulConfig } from './watchful-client.js';

/** Longest silence of a server that owes an answer: a little more than it may take for a statement. */
export const QUERY_TIMEOUT_MS = 35_000;
/** For connections whose statements may take as long as they like, such as those of migrations. */
export const ANY_SILENCE = Infinity;

const STATEMENT_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 5_000;
const KEEP_ALIVE_AFTER_MS = 10_000;

/**
 * The server's part: a client that is gone is noticed after 25 s, or 30 s when something was sent to it. Otherwise what it had locked
 * would stay locked, for two hours by the default of Linux.
 */
const NOTICE_DEAD_CLIENTS = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=30000';

/**
 * How every pool of connections is set up (`extra` of TypeORM).
 * @param queryTimeoutMs silence after which a connection is given up; the server is told to give a statement up before that
 * @param options further settings of the server's side, as `-c name=value`
 */
export function connectionSettings(queryTimeoutMs: number, options: string): WatchfulConfig & { readonly Client: typeof WatchfulClient } {
  return {
    Client: WatchfulClient,
    queryTimeoutMs,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: Math.min(STATEMENT_TIMEOUT_MS, Math.floor((queryTimeoutMs / QUERY_TIMEOUT_MS) * STATEMENT_TIMEOUT_MS)),
    // Node.js sends ten probes, one a second, after the first silence of this length (libuv, uv_tcp_keepalive).
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    options: `${options} ${NOTICE_DEAD_CLIENTS}`,
  };
}
