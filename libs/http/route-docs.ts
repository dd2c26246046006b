import { ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { FailureDefinition } from './failure.js';

/** Where a route's problems wait for the OpenAPI document; does not appear in it. */
const PROBLEMS_EXTENSION = 'x-lupa-problems';
const EXTENSION_METADATA = 'swagger/apiExtension';

/** The answer of a route as OpenAPI tells it. An example in the schema's `.meta({ examples })` serves when none is given here. */
export function ApiAnswer(status: number, schema: z.ZodType | undefined, description: string, example?: unknown): MethodDecorator {
  return ApiResponse({
    status,
    description,
    ...(schema === undefined ? {} : { standardSchema: schema }),
    ...(example === undefined ? {} : { example }),
  });
}

/** The failures a route can answer with, besides those of every route. May be used several times. */
export function ApiProblems(...definitions: readonly FailureDefinition[]): MethodDecorator {
  return (_target, _key, descriptor) => {
    const method: unknown = descriptor.value;
    if (typeof method !== 'function') throw new Error('ApiProblems belongs on a route');
    const extensions = (Reflect.getMetadata(EXTENSION_METADATA, method) ?? {}) as Record<string, unknown>;
    const known = (extensions[PROBLEMS_EXTENSION] ?? []) as string[];
    const codes = [...new Set([...known, ...definitions.map(({ code }) => code)])];
    Reflect.defineMetadata(EXTENSION_METADATA, { ...extensions, [PROBLEMS_EXTENSION]: codes }, method);
  };
}
