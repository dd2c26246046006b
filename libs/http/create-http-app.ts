import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { addBodyParsers, MAX_BODY_BYTES } from './body-parsers.js';
import type { HealthCheck } from './health.js';
import { JsonLogger } from './logger.js';
import { Metrics } from './metrics.js';
import { serveOpenApi, type ApiDescription } from './openapi.js';
import { addOperatorRoutes } from './operator-routes.js';
import { ProblemFilter } from './problem.filter.js';
import { addRequestLog } from './request-log.js';
import { RouteTable } from './route-table.js';
import { addSecurityHeaders, setSecurityHeaders } from './security-headers.js';
import { limitClosing } from './shutdown.js';
import { ZodValidationPipe } from './validation.pipe.js';

export interface HttpAppOptions {
  /** Name in logs and metrics: `register`. */
  readonly service: string;
  readonly api: ApiDescription;
  readonly logger?: JsonLogger;
  readonly metrics?: Metrics;
  /** Addresses of reverse proxies (comma-separated IPs or CIDRs) whose X-Forwarded-For is believed; nobody's when left out. */
  readonly trustProxy?: string | undefined;
  /** How long requests in flight may take once the service stops; 5 s. */
  readonly closingPatienceMs?: number;
  /** What /health/ready asks; called once, when the application exists. */
  readonly readiness?: (app: NestFastifyApplication) => readonly HealthCheck[];
}

/**
 * A Nest application on Fastify with everything that the routes of both services have in common: strict bodies, validation,
 * problem documents, request log, metrics, health, security headers, OpenAPI. Not listening yet: call `listen(port, host)`.
 */
export async function createHttpApp(module: Type | DynamicModule, options: HttpAppOptions): Promise<NestFastifyApplication> {
  const logger = options.logger ?? new JsonLogger(options.service);
  const metrics = options.metrics ?? new Metrics(options.service);
  const routes = new RouteTable();
  const filter = new ProblemFilter(logger, routes);
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    logger: false,
    ...(options.trustProxy === undefined ? {} : { trustProxy: options.trustProxy }),
    genReqId: () => randomUUID(),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      setSecurityHeaders(request, reply);
      filter.answer(error, request, reply);
    },
    routerOptions: { ignoreTrailingSlash: true },
  });
  const fastify = adapter.getInstance();
  routes.watch(fastify);
  addSecurityHeaders(fastify);
  addRequestLog(fastify, logger, metrics);
  limitClosing(fastify, options.closingPatienceMs);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger, bodyParser: false, abortOnError: false });
  addBodyParsers(fastify);
  app.useGlobalFilters(filter);
  app.useGlobalPipes(new ZodValidationPipe());
  addOperatorRoutes(fastify, metrics, options.readiness?.(app) ?? []);
  serveOpenApi(app, options.api);
  app.enableShutdownHooks();
  return app;
}
