import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { OwnCustomer, Scopes } from '#auth/access.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import type { Reading } from '../access-log/access-log.js';
import { ApiRead } from '../access-log/api-read.decorator.js';
import { CurrentReading } from '../access-log/reading.decorator.js';
import { MARKETING_AWAY } from '../bundle/bundle.errors.js';
import { CUSTOMER_NOT_FOUND } from '../customers/customer.errors.js';
import { ErasurePreviews } from './erasure-previews.service.js';
import { type ErasurePreview, ErasurePreviewSchema, type PreviewQuery, PreviewQuerySchema } from './erasure-preview.schemas.js';

const IdSchema = z.uuid();

@ApiTags('erasure')
@Controller('v1')
export class ErasurePreviewController {
  constructor(private readonly previews: ErasurePreviews) {}

  @Get('customers/:id/erasure-preview')
  @Scopes('erasures:write')
  @OwnCustomer('id')
  @ApiOperation({ summary: 'What an erasure would do', description: 'What goes, what stays and why, what stops it, who is told; with exports=true also by marketing. Staff confirm an erasure with the ETag of this answer.' })
  @ApiAnswer(200, ErasurePreviewSchema, 'As of now; ETag is set')
  @ApiProblems(CUSTOMER_NOT_FOUND, MARKETING_AWAY)
  @ApiRead()
  async show(
    @Param('id', { schema: IdSchema }) id: string, @Query({ schema: PreviewQuerySchema }) { exports }: PreviewQuery,
    @CurrentReading() reading: Reading, @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ErasurePreview> {
    const { preview, etag } = await this.previews.show(id, reading, exports);
    void reply.header('etag', etag);
    return preview;
  }
}
