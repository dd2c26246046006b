import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A link between a client and a server that a test can cut or let fall silent. */
export interface TcpProxy {
  readonly port: number;
  /** Neither direction passes anything any more, and nobody is told; new connections get no answer either. */
  blackHole(): void;
  /** What the client sends is no longer read, as a broker under an alarm does. */
  stopReadingClient(): void;
  /** Sends bytes to the client as if the server had sent them; only between two frames of the protocol. */
  injectToClient(bytes: Buffer): void;
  /** Passes everything again, also what was held back. */
  heal(): void;
  /** Resets every connection; new ones pass. */
  cut(): void;
  /** Resets every connection, and new ones too until it is healed: as if the server were off. */
  refuse(): void;
  /** Clients that have not hung up. */
  clients(): number;
  close(): Promise<void>;
}

/** Listens on a free port, or on the one given. */
export async function startTcpProxy(target: { host: string; port: number }, port = 0): Promise<TcpProxy> {
  const links = new Set<{ client: Socket; server: Socket }>();
  let silent = false;
  let refusing = false;
  const listener = createServer((client) => {
    if (refusing) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(target);
    const link = { client, server };
    links.add(link);
    for (const [from, to] of [[client, server], [server, client]] as const) {
      from.on('data', (chunk) => { to.write(chunk); });
      from.on('error', () => undefined);
      from.on('close', () => {
        if (silent) return; // the other end is not told before the link heals
        to.destroy();
        links.delete(link);
      });
      if (silent) from.pause();
    }
  });
  await new Promise<void>((resolve) => { listener.listen(port, '127.0.0.1', resolve); });
  return {
    port: (listener.address() as AddressInfo).port,
    blackHole: () => {
      silent = true;
      for (const { client, server } of links) { client.pause(); server.pause(); }
    },
    stopReadingClient: () => { for (const { client } of links) client.pause(); },
    injectToClient: (bytes) => { for (const { client } of links) client.write(bytes); },
    heal: () => {
      silent = false;
      refusing = false;
      for (const link of links) {
        const { client, server } = link;
        if (client.destroyed || server.destroyed) {
          client.destroy();
          server.destroy();
          links.delete(link);
        } else {
          client.resume();
          server.resume();
        }
      }
    },
    cut: () => { for (const { client } of links) client.resetAndDestroy(); },
    refuse: () => {
      refusing = true;
      for (const { client } of links) client.resetAndDestroy();
    },
    clients: () => [...links].filter(({ client }) => !client.destroyed).length,
    close: async () => {
      for (const { client, server } of links) { client.destroy(); server.destroy(); }
      await new Promise((resolve) => { listener.close(resolve); });
    },
  };
}
