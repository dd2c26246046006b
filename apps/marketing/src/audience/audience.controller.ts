import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Caller, CurrentCaller, Scopes } from '#auth/access.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import { DATABASE_AWAY } from '#http/http.errors.js';
import { ApiPersonRead, CurrentRead } from '../reads/person-read.decorator.js';
import type { PersonRead } from '../reads/person-read.js';
import { SELECTION_PROBLEMS } from '../segments/segments.errors.js';
import { CURSOR_UNUSABLE, LIST_STALE } from './audience.errors.js';
import {
  type Count, type CountAnswer, CountAnswerSchema, CountSchema, type FreshnessAnswer, FreshnessSchema,
  type Page, PageSchema, type Query, QuerySchema,
} from './audience.schemas.js';
import { AudienceService } from './audience.service.js';

@ApiTags('audience')
@Controller('v1')
export class AudienceController {
  constructor(private readonly audience: AudienceService) {}

  @Post('audience/query')
  @HttpCode(200)
  @Scopes('audience:query')
  @ApiOperation({
    summary: 'List the people who may be written to by a channel',
    description: 'A page of people with what the channel needs to reach them. Refused while the list may hold somebody who has withdrawn. Each page is logged, with who was on it.',
  })
  @ApiAnswer(200, PageSchema, 'A page, in an order that does not change between pages')
  @ApiProblems(LIST_STALE, CURSOR_UNUSABLE, ...SELECTION_PROBLEMS, DATABASE_AWAY)
  @ApiPersonRead()
  query(@Body({ schema: QuerySchema }) query: Query, @CurrentRead() read: PersonRead): Promise<Page> {
    return this.audience.query(query, read);
  }

  @Post('audience/count')
  @HttpCode(200)
  @Scopes('audience:count')
  @ApiOperation({
    summary: 'Count the people who may be written to by a channel',
    description: 'A count below the small-group threshold is told as such to callers who may not see lists.',
  })
  @ApiAnswer(200, CountAnswerSchema, 'The count; also when stale, and then marked so')
  @ApiProblems(...SELECTION_PROBLEMS, DATABASE_AWAY)
  count(@Body({ schema: CountSchema }) count: Count, @CurrentCaller() caller: Caller): Promise<CountAnswer> {
    return this.audience.count(count, caller);
  }

  @Get('freshness')
  @Scopes('freshness:read')
  @ApiOperation({ summary: 'How fresh the lists are' })
  @ApiAnswer(200, FreshnessSchema, 'Whether lists are shown now, and of which moment they are')
  @ApiProblems(DATABASE_AWAY)
  freshness(): Promise<FreshnessAnswer> {
    return this.audience.freshness();
  }
}
