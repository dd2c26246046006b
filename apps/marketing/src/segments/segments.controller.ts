import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Caller, CurrentCaller, Scopes } from '#auth/access.js';
import { etagOf, IF_MATCH_INVALID, IF_MATCH_MISSING, requireIfMatch, VERSION_MISMATCH } from '#http/etag.js';
import { DATABASE_AWAY } from '#http/http.errors.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import { SNAPSHOT_UNKNOWN } from '../audience/audience.errors.js';
import { CHANNEL_DIFFERS, SEGMENT_ARCHIVED, SEGMENT_NAME_TAKEN, SEGMENT_NOT_FOUND } from './segments.errors.js';
import {
  ListSegmentsSchema, ListVersionsSchema, type Segment, type SegmentContent, SegmentContentSchema, type SegmentPage, SegmentPageSchema, SegmentSchema,
  VersionNumberSchema, type VersionPage, VersionPageSchema,
} from './segments.schemas.js';
import { SegmentsService } from './segments.service.js';

const IdSchema = z.uuid();

@ApiTags('segments')
@Controller('v1/segments')
export class SegmentsController {
  constructor(private readonly segments: SegmentsService) {}

  @Post()
  @Scopes('segments:write')
  @ApiOperation({ summary: 'Save a segment', description: 'A filter with a name. Who is in it is asked anew whenever it is used.' })
  @ApiAnswer(201, SegmentSchema, 'Its first version; Location and ETag are set')
  @ApiProblems(SEGMENT_NAME_TAKEN, SNAPSHOT_UNKNOWN, CHANNEL_DIFFERS, DATABASE_AWAY)
  async create(
    @Body({ schema: SegmentContentSchema }) body: SegmentContent, @CurrentCaller() caller: Caller, @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Segment> {
    const segment = await this.segments.create(body, caller.subject);
    void reply.header('location', `/v1/segments/${segment.id}`).header('etag', etagOf(segment.version));
    return segment;
  }

  @Get()
  @Scopes('segments:read')
  @ApiOperation({ summary: 'List segments', description: 'By name, page by page; without those archived.' })
  @ApiAnswer(200, SegmentPageSchema, 'One page')
  @ApiProblems(DATABASE_AWAY)
  list(@Query({ schema: ListSegmentsSchema }) { limit, cursor }: z.output<typeof ListSegmentsSchema>): Promise<SegmentPage> {
    return this.segments.list(limit, cursor);
  }

  @Get(':id')
  @Scopes('segments:read')
  @ApiOperation({ summary: 'Read a segment', description: 'Its newest version, also when archived.' })
  @ApiAnswer(200, SegmentSchema, 'The newest version; ETag is set')
  @ApiProblems(SEGMENT_NOT_FOUND, DATABASE_AWAY)
  async find(@Param('id', { schema: IdSchema }) id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<Segment> {
    const segment = await this.segments.read(id);
    void reply.header('etag', etagOf(segment.version));
    return segment;
  }

  @Put(':id')
  @Scopes('segments:write')
  @ApiOperation({ summary: 'Change a segment', description: 'Makes a new version; those before it stay.' })
  @ApiHeader({ name: 'If-Match', required: true, description: 'The ETag of the version you have read.', example: '"1"' })
  @ApiAnswer(200, SegmentSchema, 'The new version; ETag is set')
  @ApiProblems(
    SEGMENT_NOT_FOUND, SEGMENT_ARCHIVED, IF_MATCH_MISSING, IF_MATCH_INVALID, VERSION_MISMATCH, SEGMENT_NAME_TAKEN, SNAPSHOT_UNKNOWN, CHANNEL_DIFFERS, DATABASE_AWAY,
  )
  async change(
    @Param('id', { schema: IdSchema }) id: string, @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: SegmentContentSchema }) body: SegmentContent, @CurrentCaller() caller: Caller, @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Segment> {
    const segment = await this.segments.change(id, requireIfMatch(ifMatch), body, caller.subject);
    void reply.header('etag', etagOf(segment.version));
    return segment;
  }

  @Delete(':id')
  @HttpCode(204)
  @Scopes('segments:write')
  @ApiOperation({ summary: 'Archive a segment', description: 'It cannot be used any more; its name is free again, its versions can still be read.' })
  @ApiAnswer(204, undefined, 'Archived')
  @ApiProblems(SEGMENT_NOT_FOUND, DATABASE_AWAY)
  archive(@Param('id', { schema: IdSchema }) id: string): Promise<void> {
    return this.segments.archive(id);
  }

  @Get(':id/versions')
  @Scopes('segments:read')
  @ApiOperation({ summary: 'List the versions of a segment', description: 'Newest first, page by page.' })
  @ApiAnswer(200, VersionPageSchema, 'One page')
  @ApiProblems(SEGMENT_NOT_FOUND, DATABASE_AWAY)
  versions(
    @Param('id', { schema: IdSchema }) id: string, @Query({ schema: ListVersionsSchema }) { limit, cursor }: z.output<typeof ListVersionsSchema>,
  ): Promise<VersionPage> {
    return this.segments.versions(id, limit, cursor);
  }

  @Get(':id/versions/:version')
  @Scopes('segments:read')
  @ApiOperation({ summary: 'Read a version of a segment' })
  @ApiAnswer(200, SegmentSchema, 'The version as it was saved')
  @ApiProblems(SEGMENT_NOT_FOUND, DATABASE_AWAY)
  version(
    @Param('id', { schema: IdSchema }) id: string, @Param('version', { schema: VersionNumberSchema }) version: number,
  ): Promise<Segment> {
    return this.segments.read(id, version);
  }
}
