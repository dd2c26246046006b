import type { OpenAPIObject } from '@nestjs/swagger';
import { findFailure, type FailureDefinition } from './failure.js';
import { BODY_TOO_LARGE, INVALID_REQUEST, MALFORMED_JSON, UNSUPPORTED_MEDIA_TYPE } from './http.errors.js';
import { problemOfDefinition, PROBLEM_MEDIA_TYPE, ProblemSchema, statusOf } from './problem.js';
import { PROBLEMS_EXTENSION } from './route-docs.js';
import type { SchemaCollector } from './openapi-schemas.js';

interface Operation {
  parameters?: unknown[];
  requestBody?: unknown;
  responses: Record<string, unknown>;
  [PROBLEMS_EXTENSION]?: unknown;
}

const METHODS: ReadonlySet<string> = new Set(['get', 'put', 'post', 'delete', 'patch', 'head', 'options']);

/** Puts the original schemas and every operation's problems into a document made by Nest's generator. */
export function completeDocument(draft: OpenAPIObject, schemas: SchemaCollector): OpenAPIObject {
  schemas.convert(ProblemSchema.pick({}).extend({ problem: ProblemSchema }), 'output');
  const document = schemas.restore(draft) as OpenAPIObject;
  for (const item of Object.values(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (METHODS.has(method)) addProblems(operation as Operation);
    }
  }
  document.components = { ...document.components, schemas: { ...document.components?.schemas, ...schemas.namedSchemas() } };
  return document;
}

function addProblems(operation: Operation): void {
  const stated = operation[PROBLEMS_EXTENSION];
  delete operation[PROBLEMS_EXTENSION];
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

function problemResponse(definitions: readonly FailureDefinition[]): object {
  return {
    description: definitions.map(({ code, title }) => `\`${code}\`: ${title}`).join('\n\n'),
    content: {
      [PROBLEM_MEDIA_TYPE]: {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(definitions.map((each) => [each.code, { value: problemOfDefinition(each) }])),
      },
    },
  };
}
