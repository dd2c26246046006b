import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Caller, CurrentCaller, Scopes } from '#auth/access.js';
import { DATABASE_AWAY } from '#http/http.errors.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import { LIST_STALE } from '../audience/audience.errors.js';
import { SELECTION_PROBLEMS, SNAPSHOT_NOT_FOUND } from './segments.errors.js';
import {
  ListSnapshotsSchema, type Snapshot, type SnapshotNow, SnapshotNowSchema, type SnapshotPage, SnapshotPageSchema, SnapshotSchema,
  type TakeSnapshot, TakeSnapshotSchema,
} from './snapshots.schemas.js';
import { SnapshotsService } from './snapshots.service.js';

const IdSchema = z.uuid();

@ApiTags('segments')
@Controller('v1/snapshots')
export class SnapshotsController {
  constructor(private readonly snapshots: SnapshotsService) {}

  @Post()
  @Scopes('segments:write')
  @ApiOperation({
    summary: 'Take a snapshot',
    description: 'Fixes who is on a list at this moment, for use in filters. It holds on to nobody: whoever withdraws is off it for good. '
      + 'Refused while the list may hold somebody who has withdrawn.',
  })
  @ApiAnswer(201, SnapshotSchema, 'Taken; Location is set')
  @ApiProblems(LIST_STALE, ...SELECTION_PROBLEMS, DATABASE_AWAY)
  async take(
    @Body({ schema: TakeSnapshotSchema }) body: TakeSnapshot, @CurrentCaller() caller: Caller, @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Snapshot> {
    const snapshot = await this.snapshots.take(body, caller);
    void reply.header('location', `/v1/snapshots/${snapshot.id}`);
    return snapshot;
  }

  @Get()
  @Scopes('segments:read')
  @ApiOperation({ summary: 'List snapshots', description: 'Newest first, page by page.' })
  @ApiAnswer(200, SnapshotPageSchema, 'One page')
  @ApiProblems(DATABASE_AWAY)
  list(@Query({ schema: ListSnapshotsSchema }) { limit, cursor }: z.output<typeof ListSnapshotsSchema>, @CurrentCaller() caller: Caller): Promise<SnapshotPage> {
    return this.snapshots.list(limit, cursor, caller);
  }

  @Get(':id')
  @Scopes('segments:read')
  @ApiOperation({ summary: 'Read a snapshot', description: 'With the number of people who are left on it.' })
  @ApiAnswer(200, SnapshotNowSchema, 'The snapshot')
  @ApiProblems(SNAPSHOT_NOT_FOUND, DATABASE_AWAY)
  find(@Param('id', { schema: IdSchema }) id: string, @CurrentCaller() caller: Caller): Promise<SnapshotNow> {
    return this.snapshots.read(id, caller);
  }

  @Delete(':id')
  @HttpCode(204)
  @Scopes('segments:write')
  @ApiOperation({ summary: 'Delete a snapshot', description: 'Filters and segments that name it cannot be used any more.' })
  @ApiAnswer(204, undefined, 'Deleted')
  @ApiProblems(SNAPSHOT_NOT_FOUND, DATABASE_AWAY)
  delete(@Param('id', { schema: IdSchema }) id: string): Promise<void> {
    return this.snapshots.delete(id);
  }
}
