import { Body, Controller, Delete, HttpCode, Param, Put, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Caller, CurrentCaller, Scopes } from '#auth/access.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import { CUSTOMER_NOT_FOUND } from '../customers/customer.errors.js';
import { WriteReceiptSchema } from '../customers/customers.schemas.js';
import { ApiWrite } from '../idempotency/api-write.decorator.js';
import { WriteAnswerInterceptor } from '../idempotency/write-answer.interceptor.js';
import { CurrentWrite } from '../idempotency/write-request.decorator.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { type End, EndSchema, type Restriction, RestrictionSchema } from './standing.schemas.js';
import { STANDING_IN_FUTURE, StandingService } from './standing.service.js';

const IdSchema = z.uuid();

@ApiTags('standing')
@Controller('v1/customers/:id')
@UseInterceptors(WriteAnswerInterceptor)
export class StandingController {
  constructor(private readonly standing: StandingService) {}

  @Put('restriction')
  @Scopes('customers:write')
  @ApiOperation({ summary: 'Restrict processing', description: 'Storage only, and out of marketing at once (GDPR Art. 18).' })
  @ApiAnswer(200, WriteReceiptSchema, 'Restricted')
  @ApiProblems(CUSTOMER_NOT_FOUND)
  @ApiWrite()
  restrict(
    @Param('id', { schema: IdSchema }) id: string, @Body({ schema: RestrictionSchema }) body: Restriction,
    @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller,
  ): Promise<WriteAnswer> {
    return this.standing.restrict(write, caller, id, body);
  }

  @Delete('restriction')
  @HttpCode(200)
  @Scopes('customers:write')
  @ApiOperation({ summary: 'Lift the restriction' })
  @ApiAnswer(200, WriteReceiptSchema, 'Lifted')
  @ApiProblems(CUSTOMER_NOT_FOUND)
  @ApiWrite()
  lift(@Param('id', { schema: IdSchema }) id: string, @CurrentWrite() write: WriteRequest): Promise<WriteAnswer> {
    return this.standing.liftRestriction(write, id);
  }

  @Put('end')
  @Scopes('customers:write')
  @ApiOperation({ summary: 'End the customer relationship', description: 'Out of marketing at once.' })
  @ApiAnswer(200, WriteReceiptSchema, 'Ended')
  @ApiProblems(CUSTOMER_NOT_FOUND, STANDING_IN_FUTURE)
  @ApiWrite()
  end(@Param('id', { schema: IdSchema }) id: string, @Body({ schema: EndSchema }) body: End, @CurrentWrite() write: WriteRequest): Promise<WriteAnswer> {
    return this.standing.end(write, id, body);
  }

  @Delete('end')
  @HttpCode(200)
  @Scopes('customers:write')
  @ApiOperation({ summary: 'Resume an ended relationship' })
  @ApiAnswer(200, WriteReceiptSchema, 'Resumed')
  @ApiProblems(CUSTOMER_NOT_FOUND)
  @ApiWrite()
  resume(@Param('id', { schema: IdSchema }) id: string, @CurrentWrite() write: WriteRequest): Promise<WriteAnswer> {
    return this.standing.resume(write, id);
  }
}
