import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { OwnCustomer, Public, Scopes } from '#auth/access.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import type { Reading } from '../access-log/access-log.js';
import { ApiRead } from '../access-log/api-read.decorator.js';
import { CurrentReading } from '../access-log/reading.decorator.js';
import { CUSTOMER_NOT_FOUND } from '../customers/customer.errors.js';
import { MARKETING_AWAY } from './bundle.errors.js';
import { bundleJsonSchema } from './bundle.schemas.js';
import { BundleService } from './bundle.service.js';

const IdSchema = z.uuid();

@ApiTags('customers')
@Controller('v1')
export class BundleController {
  constructor(private readonly bundles: BundleService) {}

  /** The whole is for whoever may read each of its parts: she herself, and the data-protection contact. */
  @Get('customers/:id/bundle')
  @Scopes('customers:read', 'consents:read', 'requests:read', 'disclosures:read', 'access-log:read')
  @OwnCustomer('id')
  @ApiProduces('application/zip')
  @ApiOperation({
    summary: 'Everything held on a customer, as a zip',
    description: 'For her to read and print (index.html: Finnish, Swedish, English), and for programs (data.json with data.schema.json). In the register and in marketing; without marketing’s part there is none.',
  })
  @ApiAnswer(200, undefined, 'index.html, data.json, data.schema.json, README.txt')
  @ApiProblems(CUSTOMER_NOT_FOUND, MARKETING_AWAY)
  @ApiRead()
  async bundle(@Param('id', { schema: IdSchema }) id: string, @CurrentReading() reading: Reading, @Res({ passthrough: true }) reply: FastifyReply): Promise<Buffer> {
    const { file, madeAt } = await this.bundles.archive(id, reading);
    void reply.header('content-type', 'application/zip').header('content-disposition', `attachment; filename="own-data-${madeAt.slice(0, 10)}.zip"`);
    return file;
  }

  @Get('schemas/bundle')
  @Public()
  @Header('content-type', 'application/schema+json')
  @ApiOperation({ summary: 'What data.json of a bundle holds', description: 'JSON Schema, draft 2020-12. Each bundle brings the one it was made by.' })
  @ApiAnswer(200, undefined, 'The schema')
  schema(): Record<string, unknown> {
    return bundleJsonSchema();
  }
}
