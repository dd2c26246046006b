import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Failure, type FailureDefinition } from './failure.js';
import {
  BODY_TOO_LARGE, INTERNAL, MALFORMED_REQUEST, METHOD_NOT_ALLOWED, ROUTE_NOT_FOUND, SHUTTING_DOWN, UNSUPPORTED_MEDIA_TYPE,
} from './http.errors.js';
import type { JsonLogger } from './logger.js';
import { problemOf, PROBLEM_MEDIA_TYPE } from './problem.js';
import type { RouteTable } from './route-table.js';

const BY_FASTIFY_CODE: Readonly<Record<string, FailureDefinition>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: BODY_TOO_LARGE,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: UNSUPPORTED_MEDIA_TYPE,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: MALFORMED_REQUEST,
  FST_ERR_BAD_URL: MALFORMED_REQUEST,
  FST_ERR_MAX_PARAM_LENGTH: ROUTE_NOT_FOUND,
};

const BY_STATUS: Readonly<Record<number, FailureDefinition>> = {
  400: MALFORMED_REQUEST,
  404: ROUTE_NOT_FOUND,
  405: METHOD_NOT_ALLOWED,
  413: BODY_TOO_LARGE,
  414: MALFORMED_REQUEST,
  415: UNSUPPORTED_MEDIA_TYPE,
  503: SHUTTING_DOWN,
};

/**
 * The only place that turns an error into an HTTP answer (RFC 9457). Nothing but a Failure decides what a caller reads:
 * the text of any other error stays unsaid, here and in the log, because it may quote what was sent.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: JsonLogger,
    private readonly routes: RouteTable,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Answers outside of Nest's routes, too: Fastify's own routes and errors of its router. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const failure = this.failureOf(error, request);
    const problem = problemOf(failure);
    if (failure.definition === INTERNAL) this.logger.failure('request-failed', error, { requestId: request.id });
    if (reply.sent || reply.raw.headersSent) return;
    const { headers, retryAfterSeconds } = failure.context;
    if (headers) reply.headers(headers);
    if (retryAfterSeconds !== undefined) reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfterSeconds))));
    void reply.code(problem.status).type(PROBLEM_MEDIA_TYPE).serializer(String).send(JSON.stringify(problem));
  }

  private failureOf(error: unknown, request: FastifyRequest): Failure {
    if (error instanceof Failure) return error;
    const definition = definitionOf(error);
    if (definition === ROUTE_NOT_FOUND) {
      const methods = this.routes.methodsAt(request.url);
      if (methods.length > 0 && !methods.includes(request.method)) {
        return new Failure(METHOD_NOT_ALLOWED, { headers: { allow: methods.join(', ') } });
      }
    }
    return new Failure(definition);
  }
}

function definitionOf(error: unknown): FailureDefinition {
  const source: unknown = error instanceof HttpException && error.cause instanceof Error ? error.cause : error;
  const code: unknown = source instanceof Error && 'code' in source ? source.code : undefined;
  const byCode = typeof code === 'string' ? BY_FASTIFY_CODE[code] : undefined;
  if (byCode) return byCode;
  if (error instanceof HttpException) return BY_STATUS[error.getStatus()] ?? INTERNAL;
  return INTERNAL;
}
