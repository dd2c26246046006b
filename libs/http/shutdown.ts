import type { FastifyInstance } from 'fastify';

/** Requests in flight get this long at shutdown; the whole service has ten seconds. */
const PATIENCE_MS = 5_000;

/** Lets requests in flight finish when the service stops, but does not let a slow client hold it up. */
export function limitClosing(fastify: FastifyInstance, patienceMs = PATIENCE_MS): void {
  fastify.addHook('preClose', (done) => {
    const timer = setTimeout(() => fastify.server.closeAllConnections(), patienceMs);
    fastify.server.once('close', () => clearTimeout(timer));
    done();
  });
}
