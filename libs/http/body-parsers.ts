import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify';
import { Failure } from './failure.js';
import { MALFORMED_REQUEST, UNSUPPORTED_MEDIA_TYPE } from './http.errors.js';
import { parseJsonBody } from './json-body.js';

/** Largest body taken, in bytes, unless a route states another limit. */
export const MAX_BODY_BYTES = 256 * 1024;

/** On a route: also takes `application/x-www-form-urlencoded`, as OAuth 2.0 asks of token endpoints. */
export const AcceptsForm = (): MethodDecorator & ClassDecorator => RouteConfig({ acceptsForm: true });

/** On a route: takes bodies of up to `bytes`. */
export const MaxBody = (bytes: number): MethodDecorator => RouteConfig({ maxBodyBytes: bytes });

/** Replaces Fastify's parsers: JSON everywhere, forms where a route asks, nothing else (415). Before the routes are added. */
export function addBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addHook('onRoute', (route) => {
    const { maxBodyBytes }: FastifyContextConfig & { maxBodyBytes?: number } = route.config ?? {};
    if (maxBodyBytes !== undefined) route.bodyLimit = maxBodyBytes;
  });
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    settle(() => parseJsonBody(asBuffer(body)), done);
  });
  fastify.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'buffer' }, (request, body, done) => {
    settle(() => parseForm(request, asBuffer(body)), done);
  });
}

function parseForm(request: FastifyRequest, body: Buffer): unknown {
  const config: FastifyContextConfig & { acceptsForm?: boolean } = request.routeOptions.config;
  if (config.acceptsForm !== true) throw new Failure(UNSUPPORTED_MEDIA_TYPE);
  const fields: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(body.toString('latin1'))) {
    // RFC 6749 § 3.2: a parameter must not come twice.
    if (name === '__proto__' || Object.hasOwn(fields, name)) throw new Failure(MALFORMED_REQUEST);
    fields[name] = value;
  }
  return fields;
}

function asBuffer(body: string | Buffer): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : body;
}

function settle(parse: () => unknown, done: (error: Error | null, body?: unknown) => void): void {
  let value: unknown;
  try {
    value = parse();
  } catch (error) {
    done(error instanceof Error ? error : new Error('unreadable body'));
    return;
  }
  done(null, value);
}
