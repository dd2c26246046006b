import { Body, Controller, Delete, Get, HttpCode, Param, Post, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Caller, CurrentCaller, OwnCustomer, Scopes } from '#auth/access.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import { CUSTOMER_NOT_FOUND, CUSTOMER_RESTRICTED } from '../customers/customer.errors.js';
import { LEGAL_HOLD } from '../holds/holds.errors.js';
import { ApiWrite } from '../idempotency/api-write.decorator.js';
import { WriteAnswerInterceptor } from '../idempotency/write-answer.interceptor.js';
import { CurrentWrite } from '../idempotency/write-request.decorator.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { ERASURE_CASE_NOT_FOUND } from './erasure.errors.js';
import { ErasureCaseSchema, type ErasureCaseView, ErasureReceiptSchema, type RequestErasure, RequestErasureSchema } from './erasure.schemas.js';
import { ErasureService } from './erasure.service.js';

const IdSchema = z.uuid();

@ApiTags('erasure')
@Controller('v1')
export class ErasureController {
  constructor(private readonly erasure: ErasureService) {}

  @Delete('customers/:id')
  @HttpCode(202)
  @Scopes('erasures:write')
  @OwnCustomer('id')
  @UseInterceptors(WriteAnswerInterceptor)
  @ApiOperation({ summary: 'Erase a customer on her demand', description: 'Gone from the register at once; follow the case for the answer of marketing.' })
  @ApiAnswer(202, ErasureReceiptSchema, 'Erased here; Location names the case')
  @ApiProblems(CUSTOMER_NOT_FOUND, CUSTOMER_RESTRICTED, LEGAL_HOLD)
  @ApiWrite()
  erase(@Param('id', { schema: IdSchema }) id: string, @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller): Promise<WriteAnswer> {
    return this.erasure.request(write, caller, { customerId: id, ground: 'request' });
  }

  @Post('erasures')
  @HttpCode(202)
  @Scopes('erasures:write')
  @UseInterceptors(WriteAnswerInterceptor)
  @ApiOperation({ summary: 'Erase a customer and say on what ground' })
  @ApiAnswer(202, ErasureReceiptSchema, 'Erased here; Location names the case')
  @ApiProblems(CUSTOMER_NOT_FOUND, CUSTOMER_RESTRICTED, LEGAL_HOLD)
  @ApiWrite()
  request(@Body({ schema: RequestErasureSchema }) body: RequestErasure, @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller): Promise<WriteAnswer> {
    return this.erasure.request(write, caller, body);
  }

  @Get('erasures/:caseId')
  @Scopes('erasures:read')
  @ApiOperation({ summary: 'Follow an erasure case' })
  @ApiAnswer(200, ErasureCaseSchema, 'Closed once marketing has answered')
  @ApiProblems(ERASURE_CASE_NOT_FOUND)
  find(@Param('caseId', { schema: IdSchema }) caseId: string): Promise<ErasureCaseView> {
    return this.erasure.find(caseId);
  }
}
