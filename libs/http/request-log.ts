import type { FastifyInstance } from 'fastify';
import type { JsonLogger } from './logger.js';
import type { Metrics } from './metrics.js';

/** One line and one observation per answer, by route pattern: an address holds ids, so it is never told. */
export function addRequestLog(fastify: FastifyInstance, logger: JsonLogger, metrics: Metrics): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    const ms = reply.elapsedTime;
    metrics.observeRequest(request.method, route, reply.statusCode, ms / 1_000);
    logger.event('request', { method: request.method, route, status: reply.statusCode, ms: Math.round(ms * 10) / 10, requestId: request.id });
    done();
  });
}
