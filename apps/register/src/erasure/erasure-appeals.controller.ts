import { Body, Controller, HttpCode, Param, Post, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Caller, CurrentCaller, Scopes } from '#auth/access.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import { ERASURE_LOG_AWAY } from '../erasure-log/erasure-log.errors.js';
import { ApiWrite } from '../idempotency/api-write.decorator.js';
import { WriteAnswerInterceptor } from '../idempotency/write-answer.interceptor.js';
import { CurrentWrite } from '../idempotency/write-request.decorator.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { type Appeal, AppealDecidedSchema, type AppealDecision, AppealDecisionSchema, AppealReceiptSchema, AppealSchema } from './appeal.schemas.js';
import { ErasureAppeals } from './erasure-appeals.service.js';
import {
  APPEAL_DECIDED, APPEAL_IN_FUTURE, APPEAL_NOT_FOUND, APPEAL_NOT_POSSIBLE, APPEAL_OWN_DECISION, APPEALED_ALREADY, ERASURE_CASE_NOT_FOUND, PERSON_MUST_DECIDE,
} from './erasure.errors.js';

const IdSchema = z.uuid();

@ApiTags('erasure')
@Controller('v1/erasures')
export class ErasureAppealsController {
  constructor(private readonly appeals: ErasureAppeals) {}

  @Post(':caseId/appeal')
  @HttpCode(201)
  @Scopes('erasures:write')
  @UseInterceptors(WriteAnswerInterceptor)
  @ApiOperation({ summary: 'Take in an appeal against an erasure for abuse', description: 'Due one calendar month on (GDPR Art. 12(3)). What is left of her is the case id that she was given.' })
  @ApiAnswer(201, AppealReceiptSchema, 'Taken in; Location names the case')
  @ApiProblems(ERASURE_CASE_NOT_FOUND, APPEAL_NOT_POSSIBLE, APPEALED_ALREADY, APPEAL_IN_FUTURE)
  @ApiWrite()
  record(
    @Param('caseId', { schema: IdSchema }) caseId: string, @Body({ schema: AppealSchema }) body: Appeal,
    @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller,
  ): Promise<WriteAnswer> {
    return this.appeals.record(write, caller, caseId, body);
  }

  @Post(':caseId/appeal/decision')
  @HttpCode(200)
  @Scopes('erasures:write')
  @UseInterceptors(WriteAnswerInterceptor)
  @ApiOperation({ summary: 'Decide an appeal', description: 'By staff other than whoever decided on the abuse. Reversed: her addresses lose the mark; what was deleted does not come back.' })
  @ApiAnswer(200, AppealDecidedSchema, 'Decided')
  @ApiProblems(APPEAL_NOT_FOUND, APPEAL_DECIDED, APPEAL_OWN_DECISION, PERSON_MUST_DECIDE, ERASURE_LOG_AWAY)
  @ApiWrite()
  decide(
    @Param('caseId', { schema: IdSchema }) caseId: string, @Body({ schema: AppealDecisionSchema }) body: AppealDecision,
    @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller,
  ): Promise<WriteAnswer> {
    return this.appeals.decide(write, caller, caseId, body);
  }
}
