import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Scopes } from '#auth/access.js';
import { DATABASE_AWAY } from '#http/http.errors.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import { PERIOD_UNUSABLE } from './growth.errors.js';
import { type Growth, type GrowthChartQuery, GrowthChartQuerySchema, type GrowthQuery, GrowthQuerySchema, GrowthSchema } from './growth.schemas.js';
import { GrowthService } from './growth.service.js';

@ApiTags('growth')
@Controller('v1')
export class GrowthController {
  constructor(private readonly growths: GrowthService) {}

  @Get('growth')
  @Scopes('growth:read')
  @ApiOperation({
    summary: 'How many were gained and have withdrawn, by day, source or wording',
    description: 'Counts of events, by the day (UTC) on which marketing took note of them. Somebody who withdraws and comes back counts as one '
      + 'withdrawn and one gained more; a new consent on top of one that holds counts as nothing.',
  })
  @ApiAnswer(200, GrowthSchema, 'The counts, and how many are opted in now; also when stale, and then marked so')
  @ApiProblems(PERIOD_UNUSABLE, DATABASE_AWAY)
  growth(@Query({ schema: GrowthQuerySchema }) query: GrowthQuery): Promise<Growth> {
    return this.growths.growth(query);
  }

  @Get('growth.svg')
  @Header('content-type', 'image/svg+xml; charset=utf-8')
  @Scopes('growth:read')
  @ApiOperation({ summary: 'The same as a picture: for each channel who is opted in, who was gained, who has withdrawn' })
  @ApiProduces('image/svg+xml')
  @ApiAnswer(200, undefined, 'SVG without scripts, styles and fonts of its own')
  @ApiProblems(PERIOD_UNUSABLE, DATABASE_AWAY)
  chart(@Query({ schema: GrowthChartQuerySchema }) query: GrowthChartQuery): Promise<string> {
    return this.growths.chart(query);
  }
}
