import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Scopes } from '#auth/access.js';
import { DATABASE_AWAY } from '#http/http.errors.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import { SELECTION_PROBLEMS } from '../segments/segments.errors.js';
import { type Explain, type ExplainAddress, ExplainAddressSchema, ExplainSchema, type Explanation, ExplanationSchema } from './explain.schemas.js';
import { ExplainService } from './explain.service.js';
import { ApiPersonRead, CurrentRead } from '../reads/person-read.decorator.js';
import type { PersonRead } from '../reads/person-read.js';

@ApiTags('explain')
@Controller('v1/audience')
export class ExplainController {
  constructor(private readonly explanations: ExplainService) {}

  @Post('explain')
  @HttpCode(200)
  @Scopes('audience:explain')
  @ApiOperation({
    summary: 'Why a person is on a list, or is not',
    description: 'Condition by condition, for somebody who is held for the channel. Of anybody else nothing is told but that.',
  })
  @ApiAnswer(200, ExplanationSchema, 'The explanation; also when stale, and then marked so')
  @ApiProblems(...SELECTION_PROBLEMS, DATABASE_AWAY)
  @ApiPersonRead()
  explain(@Body({ schema: ExplainSchema }) body: Explain, @CurrentRead() read: PersonRead): Promise<Explanation> {
    return this.explanations.byRef(body, read);
  }

  @Post('explain-address')
  @HttpCode(200)
  @Scopes('audience:find')
  @ApiOperation({
    summary: 'The same, for whoever has an address',
    description: 'For data protection only. The address is matched exactly, by a keyed hash, and is neither stored nor logged.',
  })
  @ApiAnswer(200, ExplanationSchema, 'The explanation; also when stale, and then marked so')
  @ApiProblems(...SELECTION_PROBLEMS, DATABASE_AWAY)
  @ApiPersonRead()
  explainAddress(@Body({ schema: ExplainAddressSchema }) body: ExplainAddress, @CurrentRead() read: PersonRead): Promise<Explanation> {
    return this.explanations.byAddress(body, read);
  }
}
