import type { FastifyInstance } from 'fastify';
import { Failure, failureCatalogue, findFailure } from './failure.js';
import { examine, type HealthCheck } from './health.js';
import { ROUTE_NOT_FOUND } from './http.errors.js';
import type { Metrics } from './metrics.js';
import { problemOfDefinition } from './problem.js';

/**
 * Routes for machines and operators, without a token: health, metrics and the catalogue of problems.
 * They tell nothing about any person; who may reach them is up to the network.
 */
export function addOperatorRoutes(fastify: FastifyInstance, metrics: Metrics, checks: readonly HealthCheck[]): void {
  fastify.get('/health/live', (_request, reply) => reply.send({ status: 'live' }));
  fastify.get('/health/ready', async (_request, reply) => {
    const report = await examine(checks);
    return reply.code(report.status === 'not-ready' ? 503 : 200).send(report);
  });
  fastify.get('/metrics', async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()));
  fastify.get('/problems', (_request, reply) => reply.send({ problems: failureCatalogue().map(problemOfDefinition) }));
  fastify.get<{ Params: { code: string } }>('/problems/:code', (request, reply) => {
    const definition = findFailure(request.params.code);
    if (!definition) throw new Failure(ROUTE_NOT_FOUND);
    return reply.send(problemOfDefinition(definition));
  });
}

const json = (schema: object): object => ({ 'application/json': { schema } });
const get = (summary: string, responses: Record<string, object>): object => ({ get: { tags: ['operation'], summary, responses } });
const report = json({ $ref: '#/components/schemas/HealthReport' });

/** The same routes for the OpenAPI document. */
export const OPERATOR_PATHS = {
  '/health/live': get('Whether the process runs', { 200: { description: 'It does' } }),
  '/health/ready': get('Whether requests can be served', {
    200: { description: 'Yes; `degraded` when something is missing that can be done without', content: report },
    503: { description: 'No', content: report },
  }),
  '/metrics': get('Metrics in the Prometheus text format', { 200: { description: 'The metrics', content: { 'text/plain': { schema: { type: 'string' } } } } }),
  '/problems': get('Everything that can go wrong', {
    200: {
      description: 'All problems',
      content: json({ type: 'object', required: ['problems'], properties: { problems: { type: 'array', items: { $ref: '#/components/schemas/Problem' } } } }),
    },
  }),
};
