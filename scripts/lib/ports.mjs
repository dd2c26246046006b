// Free ports on 127.0.0.1, chosen once for a profile and remembered, so that addresses stay the same from start to start.
import { createHash } from 'node:crypto';
import { createServer, connect } from 'node:net';
import { readJson, writeJson } from './json-file.mjs';
import { cloneId } from './paths.mjs';

const NAMES = ['postgres', 'amqp', 'management', 'prometheus', 'distribution', 'epmd', 'register', 'marketing'];
const CUSTOMARY = { dev: { register: 3000, marketing: 3001 } };

const canListen = (port, host) =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });

/** True when something answers on 127.0.0.1 at this port. */
export const answers = (port, host = '127.0.0.1') =>
  new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 1000 });
    const end = (value) => () => {
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });

/** Nobody listens there, neither on the loopback address nor on all of them. */
export const isFree = async (port) => (await canListen(port, '127.0.0.1')) && (await canListen(port));

/**
 * The profile's ports by name. A remembered port is kept when it is free or when `inUseByUs(name)` says that our own
 * process holds it; otherwise the next free one is taken, and remembered.
 */
export async function choosePorts(paths, inUseByUs) {
  const remembered = readJson(paths.ports) ?? {};
  const digest = createHash('sha256').update(`${cloneId}/${paths.profile}`).digest();
  // Below 32768, where Linux begins to hand out ports for outgoing connections.
  let next = 20_000 + (digest.readUInt32BE(0) % 1200) * 10;
  const ports = {};
  for (const name of NAMES) {
    const kept = remembered[name] ?? CUSTOMARY[paths.profile]?.[name];
    if (kept && (inUseByUs(name) || (await isFree(kept)))) {
      ports[name] = kept;
      continue;
    }
    let port = kept && CUSTOMARY[paths.profile]?.[name] ? kept + 2 : next++;
    while (Object.values(ports).includes(port) || Object.values(remembered).includes(port) || !(await isFree(port))) port += 1;
    next = Math.max(next, port < 20_000 ? next : port + 1);
    ports[name] = port;
  }
  writeJson(paths.ports, ports, 0o644);
  return ports;
}
