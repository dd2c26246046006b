import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Caller, CurrentCaller, Scopes } from '#auth/access.js';
import { DATABASE_AWAY } from '#http/http.errors.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import { type Overlap, type OverlapAnswer, OverlapAnswerSchema, OverlapSchema } from './overlap.schemas.js';
import { OverlapService } from './overlap.service.js';
import { SELECTION_PROBLEMS } from './segments.errors.js';

@ApiTags('segments')
@Controller('v1/audience')
export class OverlapController {
  constructor(private readonly overlap: OverlapService) {}

  @Post('overlap')
  @HttpCode(200)
  @Scopes('audience:count')
  @ApiOperation({ summary: 'Compare two lists', description: 'How many people are on both, and on either alone; both of one channel.' })
  @ApiAnswer(200, OverlapAnswerSchema, 'The numbers, all of one version of the contacts; also when stale, and then marked so')
  @ApiProblems(...SELECTION_PROBLEMS, DATABASE_AWAY)
  compare(@Body({ schema: OverlapSchema }) body: Overlap, @CurrentCaller() caller: Caller): Promise<OverlapAnswer> {
    return this.overlap.compare(body, caller);
  }
}
