import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { completeDocument } from './openapi-document.js';
import { SchemaCollector } from './openapi-schemas.js';

export interface ApiDescription {
  readonly title: string;
  readonly description: string;
  readonly version: string;
  /** Sections of the page: name → what it is about. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Serves the OpenAPI 3.1 document at /openapi.json and its page, which loads nothing from elsewhere, at /docs. */
export function serveOpenApi(app: NestFastifyApplication, api: ApiDescription): void {
  SwaggerModule.setup('docs', app, () => buildApiDocument(app, api), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: api.title,
    // The page's own check of the document would send it to a site elsewhere.
    swaggerOptions: { validatorUrl: null, persistAuthorization: false },
  });
}

/** The OpenAPI 3.1 document of an application's routes, with every schema as zod states it. */
export function buildApiDocument(app: NestFastifyApplication, api: ApiDescription): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(api.title)
    .setDescription(api.description)
    .setVersion(api.version)
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'token');
  for (const [name, description] of Object.entries(api.tags ?? {})) builder.addTag(name, description);
  const schemas = new SchemaCollector();
  const document = SwaggerModule.createDocument(app, builder.build(), {
    standardSchemaConverter: (schema, { schemaType }) => schemas.convert(schema, schemaType),
  });
  return completeDocument(document, schemas);
}
