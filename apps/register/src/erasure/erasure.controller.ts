import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Caller, CurrentCaller, OwnCustomer, Scopes } from '#auth/access.js';
import { IF_MATCH_INVALID, IF_MATCH_MISSING, VERSION_MISMATCH } from '#http/etag.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import { CUSTOMER_NOT_FOUND, CUSTOMER_RESTRICTED } from '../customers/customer.errors.js';
import { ERASURE_LOG_AWAY } from '../erasure-log/erasure-log.errors.js';
import { LEGAL_HOLD } from '../holds/holds.errors.js';
import { ApiWrite } from '../idempotency/api-write.decorator.js';
import { WriteAnswerInterceptor } from '../idempotency/write-answer.interceptor.js';
import { CurrentWrite } from '../idempotency/write-request.decorator.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { ErasureCases } from './erasure-cases.service.js';
import {
  type ErasureCasePage, ErasureCasePageSchema, ErasureCaseSchema, type ErasureCaseView, type ListCases, ListCasesSchema,
} from './erasure-case.schemas.js';
import { ERASURE_CASE_NOT_FOUND, PERSON_MUST_DECIDE } from './erasure.errors.js';
import { ErasureReceiptSchema, type RequestErasure, RequestErasureSchema } from './erasure.schemas.js';
import { ErasureService } from './erasure.service.js';

const IdSchema = z.uuid();

const Confirmed = (): MethodDecorator => ApiHeader({
  name: 'If-Match', required: false, description: 'From staff: the ETag of the erasure preview that they have seen. From others it is not looked at.', example: '"9mQ4sXz0t0W3lFq7x2bq6v1o8xv2uYk5e3v0q9Zr1aA"',
});

@ApiTags('erasure')
@Controller('v1')
export class ErasureController {
  constructor(
    private readonly erasure: ErasureService,
    private readonly cases: ErasureCases,
  ) {}

  @Delete('customers/:id')
  @HttpCode(202)
  @Scopes('erasures:write')
  @OwnCustomer('id')
  @UseInterceptors(WriteAnswerInterceptor)
  @ApiOperation({ summary: 'Erase a customer on her demand', description: 'Gone from the register at once; follow the case for the answer of marketing.' })
  @Confirmed()
  @ApiAnswer(202, ErasureReceiptSchema, 'Erased here; Location names the case')
  @ApiProblems(CUSTOMER_NOT_FOUND, CUSTOMER_RESTRICTED, LEGAL_HOLD, ERASURE_LOG_AWAY, IF_MATCH_MISSING, IF_MATCH_INVALID, VERSION_MISMATCH)
  @ApiWrite()
  erase(
    @Param('id', { schema: IdSchema }) id: string, @Headers('if-match') ifMatch: string | undefined,
    @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller,
  ): Promise<WriteAnswer> {
    return this.erasure.request(write, caller, { customerId: id, ground: 'request' }, ifMatch);
  }

  @Post('erasures')
  @HttpCode(202)
  @Scopes('erasures:write')
  @UseInterceptors(WriteAnswerInterceptor)
  @ApiOperation({ summary: 'Erase a customer and say on what ground', description: 'Abuse is decided by staff, with the code of a reason, and may be contested.' })
  @Confirmed()
  @ApiAnswer(202, ErasureReceiptSchema, 'Erased here; Location names the case')
  @ApiProblems(
    CUSTOMER_NOT_FOUND, CUSTOMER_RESTRICTED, LEGAL_HOLD, ERASURE_LOG_AWAY, PERSON_MUST_DECIDE, IF_MATCH_MISSING, IF_MATCH_INVALID, VERSION_MISMATCH,
  )
  @ApiWrite()
  request(
    @Body({ schema: RequestErasureSchema }) body: RequestErasure, @Headers('if-match') ifMatch: string | undefined,
    @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller,
  ): Promise<WriteAnswer> {
    return this.erasure.request(write, caller, body, ifMatch);
  }

  @Get('erasures')
  @Scopes('erasures:read')
  @ApiOperation({ summary: 'Erasure cases', description: 'What is open and for how long, the longest first; appeal=late: appeals nobody has answered in time.' })
  @ApiAnswer(200, ErasureCasePageSchema, 'One page')
  list(@Query({ schema: ListCasesSchema }) query: ListCases, @CurrentCaller() caller: Caller): Promise<ErasureCasePage> {
    return this.cases.list(query, caller);
  }

  @Get('erasures/:caseId')
  @Scopes('erasures:read')
  @ApiOperation({ summary: 'Follow an erasure case' })
  @ApiAnswer(200, ErasureCaseSchema, 'Closed once marketing has answered and a search of every store has found nothing')
  @ApiProblems(ERASURE_CASE_NOT_FOUND)
  find(@Param('caseId', { schema: IdSchema }) caseId: string, @CurrentCaller() caller: Caller): Promise<ErasureCaseView> {
    return this.cases.find(caseId, caller);
  }
}
