import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Scopes } from '#auth/access.js';
import { MaxBody } from '#http/body-parsers.js';
import { DATABASE_AWAY } from '#http/http.errors.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import { LIST_STALE } from '../audience/audience.errors.js';
import { type Check, type CheckAnswer, CheckAnswerSchema, CheckSchema, MAX_CHECK_BYTES } from './check.schemas.js';
import { CheckService } from './check.service.js';

@ApiTags('audience')
@Controller('v1')
export class CheckController {
  constructor(private readonly checks: CheckService) {}

  @Post('audience/check')
  @HttpCode(200)
  @MaxBody(MAX_CHECK_BYTES)
  @Scopes('audience:check')
  @ApiOperation({
    summary: 'Check, right before sending, who may be written to now',
    description: 'Up to 10,000 addresses or references a call. Somebody unknown, something that is no address, and somebody who has not '
      + 'opted in to this channel get the same answer. Refused while somebody may have withdrawn and not be known to have: then do not send.',
  })
  @ApiAnswer(200, CheckAnswerSchema, 'One answer for each, in the order given; addresses are not repeated')
  @ApiProblems(LIST_STALE, DATABASE_AWAY)
  check(@Body({ schema: CheckSchema }) check: Check): Promise<CheckAnswer> {
    return this.checks.check(check);
  }
}
