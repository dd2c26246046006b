import { Body, Controller, Delete, HttpCode, Param, Put, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Caller, CurrentCaller, Scopes } from '#auth/access.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import { CUSTOMER_NOT_FOUND } from '../customers/customer.errors.js';
import { WriteReceiptSchema } from '../customers/customers.schemas.js';
import { LEGAL_HOLD } from '../holds/holds.errors.js';
import { ApiWrite } from '../idempotency/api-write.decorator.js';
import { WriteAnswerInterceptor } from '../idempotency/write-answer.interceptor.js';
import { CurrentWrite } from '../idempotency/write-request.decorator.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { NOT_RESTRICTED, NOTICE_NOT_SENT, NOTICE_TOO_EARLY, STANDING_IN_FUTURE } from './standing.errors.js';
import { type End, EndSchema, type LiftNotice, LiftNoticeSchema, type Restriction, RestrictionSchema } from './standing.schemas.js';
import { StandingService } from './standing.service.js';

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

  @Put('restriction/notice')
  @Scopes('customers:write')
  @ApiOperation({ summary: 'Record that the person was told of the end of the restriction', description: 'Before it is lifted (GDPR Art. 18(3)).' })
  @ApiAnswer(200, WriteReceiptSchema, 'Recorded')
  @ApiProblems(CUSTOMER_NOT_FOUND, NOT_RESTRICTED, NOTICE_TOO_EARLY, STANDING_IN_FUTURE)
  @ApiWrite()
  notice(
    @Param('id', { schema: IdSchema }) id: string, @Body({ schema: LiftNoticeSchema }) body: LiftNotice,
    @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller,
  ): Promise<WriteAnswer> {
    return this.standing.notice(write, caller, id, body);
  }

  @Delete('restriction')
  @HttpCode(200)
  @Scopes('customers:write')
  @ApiOperation({ summary: 'Lift the restriction', description: 'Once the notice to the person is recorded.' })
  @ApiAnswer(200, WriteReceiptSchema, 'Lifted')
  @ApiProblems(CUSTOMER_NOT_FOUND, NOTICE_NOT_SENT, LEGAL_HOLD)
  @ApiWrite()
  lift(@Param('id', { schema: IdSchema }) id: string, @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller): Promise<WriteAnswer> {
    return this.standing.liftRestriction(write, caller, id);
  }

  @Put('end')
  @Scopes('customers:write')
  @ApiOperation({ summary: 'End the customer relationship', description: 'Out of marketing at once; erased when the period of retention is over, and the end has been on record for 30 days.' })
  @ApiAnswer(200, WriteReceiptSchema, 'Ended')
  @ApiProblems(CUSTOMER_NOT_FOUND, STANDING_IN_FUTURE)
  @ApiWrite()
  end(
    @Param('id', { schema: IdSchema }) id: string, @Body({ schema: EndSchema }) body: End,
    @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller,
  ): Promise<WriteAnswer> {
    return this.standing.end(write, caller, id, body);
  }

  @Delete('end')
  @HttpCode(200)
  @Scopes('customers:write')
  @ApiOperation({ summary: 'Resume an ended relationship' })
  @ApiAnswer(200, WriteReceiptSchema, 'Resumed')
  @ApiProblems(CUSTOMER_NOT_FOUND)
  @ApiWrite()
  resume(@Param('id', { schema: IdSchema }) id: string, @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller): Promise<WriteAnswer> {
    return this.standing.resume(write, caller, id);
  }
}
