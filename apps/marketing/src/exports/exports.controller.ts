import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Caller, CurrentCaller, Scopes } from '#auth/access.js';
import { DATABASE_AWAY } from '#http/http.errors.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import { LIST_STALE, SNAPSHOT_UNKNOWN } from '../audience/audience.errors.js';
import { CHANNEL_DIFFERS, SEGMENT_OUTDATED, SEGMENT_UNKNOWN } from '../segments/segments.errors.js';
import { ExportContent } from './export-content.service.js';
import { EXPORT_GONE, EXPORT_NOT_FOUND, EXPORT_NOT_READY, EXPORT_OVER, NOT_AGREED, PRESET_UNFIT, RECIPIENT_UNKNOWN } from './exports.errors.js';
import {
  type Export, type ExportList, type ExportListQuery, ExportListQuerySchema, ExportListSchema, type ExportRequest, ExportRequestSchema, ExportSchema,
} from './exports.schemas.js';
import { ExportsService } from './exports.service.js';

/** As the database writes it: files and work under way are found by its letters. */
const IdSchema = z.uuid().toLowerCase();

@ApiTags('exports')
@Controller('v1/exports')
export class ExportsController {
  constructor(private readonly exports: ExportsService, private readonly content: ExportContent) {}

  @Post()
  @Scopes('exports:write')
  @ApiOperation({
    summary: 'Ask for an export',
    description: 'A disclosure to a configured processor. Nothing is read yet: `download` is read while its content is taken, `file` is made in the background.',
  })
  @ApiAnswer(201, ExportSchema, 'The export; its content is at `/v1/exports/{id}/content`')
  @ApiProblems(RECIPIENT_UNKNOWN, NOT_AGREED, PRESET_UNFIT, LIST_STALE, SNAPSHOT_UNKNOWN, SEGMENT_UNKNOWN, SEGMENT_OUTDATED, CHANNEL_DIFFERS, DATABASE_AWAY)
  async request(
    @Body({ schema: ExportRequestSchema }) request: ExportRequest, @CurrentCaller() caller: Caller, @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Export> {
    const made = await this.exports.request(request, caller);
    reply.header('location', `/v1/exports/${made.id}`);
    return made;
  }

  @Get()
  @Scopes('exports:read')
  @ApiOperation({ summary: 'The exports, newest first', description: 'The record of disclosures: it stays when the content is gone, and holds nothing about a person.' })
  @ApiAnswer(200, ExportListSchema, 'A page')
  @ApiProblems(DATABASE_AWAY)
  list(@Query({ schema: ExportListQuerySchema }) query: ExportListQuery): Promise<ExportList> {
    return this.exports.list(query);
  }

  @Get(':id')
  @Scopes('exports:read')
  @ApiOperation({ summary: 'An export: where it stands, how far it is, its hash' })
  @ApiAnswer(200, ExportSchema, 'The export')
  @ApiProblems(EXPORT_NOT_FOUND, DATABASE_AWAY)
  read(@Param('id', { schema: IdSchema }) id: string): Promise<Export> {
    return this.exports.read(id);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Scopes('exports:write')
  @ApiOperation({ summary: 'Cancel an export', description: 'What was not handed out yet will not be. Whoever was handed out before stays on record.' })
  @ApiAnswer(200, ExportSchema, 'The export, cancelled')
  @ApiProblems(EXPORT_NOT_FOUND, EXPORT_OVER, DATABASE_AWAY)
  cancel(@Param('id', { schema: IdSchema }) id: string): Promise<Export> {
    return this.exports.cancel(id);
  }

  @Get(':id/content')
  @Scopes('exports:write')
  @ApiProduces('text/csv', 'application/x-ndjson')
  @ApiOperation({
    summary: 'Take the content of an export',
    description: 'A download once; a file until it expires, and without whoever has left since it was made. An answer that breaks off is not whole: '
      + 'a list that has gone stale ends so. Files bear their hash in Repr-Digest (RFC 9530); of downloads the export tells it afterwards.',
  })
  @ApiAnswer(200, undefined, 'The content')
  @ApiProblems(EXPORT_NOT_FOUND, EXPORT_NOT_READY, EXPORT_GONE, LIST_STALE, DATABASE_AWAY)
  take(
    @Param('id', { schema: IdSchema }) id: string, @CurrentCaller() caller: Caller, @Req() request: FastifyRequest, @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.content.answer(id, caller.subject, request, reply);
  }
}
