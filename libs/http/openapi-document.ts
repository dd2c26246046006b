import type { OpenAPIObject } from '@nestjs/swagger';
import { HealthReportSchema } from './health.js';
import { findFailure, type FailureDefinition } from './failure.js';
import { BODY_TOO_LARGE, INVALID_REQUEST, MALFORMED_JSON, UNSUPPORTED_MEDIA_TYPE } from './http.errors.js';
import { problemOfDefinition, PROBLEM_MEDIA_TYPE, ProblemSchema, statusOf } from './problem.js';
import type { SchemaCollector } from './openapi-schemas.js';
import { OPERATOR_PATHS } from './operator-routes.js';

interface Operation {
  parameters?: unknown[];
  requestBody?: unknown;
  responses: Record<string, unknown>;
  description?: string;
  [extension: `x-${string}`]: unknown;
}

const METHODS: ReadonlySet<string> = new Set(['get', 'put', 'post', 'delete', 'patch', 'head', 'options']);

/** Puts the original schemas and every operation's problems into a document made by Nest's generator. */
export function completeDocument(draft: OpenAPIObject, schemas: SchemaCollector): OpenAPIObject {
  schemas.convert(ProblemSchema, 'output');
  schemas.convert(HealthReportSchema, 'output');
  const document = schemas.restore(draft) as OpenAPIObject;
  for (const item of Object.values(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (!METHODS.has(method)) continue;
      addProblems(operation as Operation);
      tellScopes(operation as Operation);
    }
  }
  Object.assign(document.paths, OPERATOR_PATHS);
  document.components = { ...document.components, schemas: { ...document.components?.schemas, ...schemas.namedSchemas() } };
  return document;
}

function addProblems(operation: Operation): void {
  const stated = operation['x-lupa-problems'];
  delete operation['x-lupa-problems'];
  const definitions = new Set<FailureDefinition>();
  if (operation.requestBody) for (const each of [MALFORMED_JSON, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE]) definitions.add(each);
  if (operation.requestBody || (operation.parameters?.length ?? 0) > 0) definitions.add(INVALID_REQUEST);
  for (const code of Array.isArray(stated) ? stated : []) {
    const definition = typeof code === 'string' ? findFailure(code) : undefined;
    if (definition) definitions.add(definition);
  }
  const byStatus = new Map<number, FailureDefinition[]>();
  for (const definition of definitions) {
    const status = statusOf(definition.kind);
    byStatus.set(status, [...(byStatus.get(status) ?? []), definition]);
  }
  for (const [status, several] of [...byStatus].sort(([a], [b]) => a - b)) operation.responses[String(status)] = problemResponse(several);
}

/** Scopes of a bearer token have no place of their own in OpenAPI, so they are told in words too. */
function tellScopes(operation: Operation): void {
  const scopes = operation['x-scopes'];
  if (!Array.isArray(scopes)) return;
  const own = operation['x-own-customer'] === undefined ? '' : ' A customer may call it for herself.';
  const told = `Needs the scope ${scopes.map((scope) => `\`${String(scope)}\``).join(' and ')}.${own}`;
  operation.description = operation.description ? `${operation.description}\n\n${told}` : told;
}

function exampleOf(definition: FailureDefinition): object {
  const problem = problemOfDefinition(definition);
  if (definition !== INVALID_REQUEST) return problem;
  return { ...problem, errors: [{ pointer: '#/contact/email', code: 'wrong-format', detail: 'must be an email address' }] };
}

function problemResponse(definitions: readonly FailureDefinition[]): object {
  return {
    description: definitions.map(({ code, title }) => `\`${code}\`: ${title}`).join('\n\n'),
    content: {
      [PROBLEM_MEDIA_TYPE]: {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(definitions.map((each) => [each.code, { value: exampleOf(each) }])),
      },
    },
  };
}
