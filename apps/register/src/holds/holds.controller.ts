import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Caller, CurrentCaller, Scopes } from '#auth/access.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import type { Reading } from '../access-log/access-log.js';
import { ApiRead } from '../access-log/api-read.decorator.js';
import { CurrentReading } from '../access-log/reading.decorator.js';
import { CUSTOMER_NOT_FOUND } from '../customers/customer.errors.js';
import { WriteReceiptSchema } from '../customers/customers.schemas.js';
import { ApiWrite } from '../idempotency/api-write.decorator.js';
import { WriteAnswerInterceptor } from '../idempotency/write-answer.interceptor.js';
import { CurrentWrite } from '../idempotency/write-request.decorator.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { HOLD_NOT_FOUND, REVIEW_OUT_OF_RANGE } from './holds.errors.js';
import { type Hold, HoldEndedSchema, HoldPageSchema, HoldSchema, type HoldView, HoldViewSchema, type ReviewQuery, ReviewQuerySchema } from './holds.schemas.js';
import { HoldsService } from './holds.service.js';

const IdSchema = z.uuid();

@ApiTags('holds')
@Controller('v1')
export class HoldsController {
  constructor(private readonly holds: HoldsService) {}

  @Put('customers/:id/legal-hold')
  @Scopes('holds:write')
  @UseInterceptors(WriteAnswerInterceptor)
  @ApiOperation({ summary: 'Place a legal hold', description: 'Blocks every erasure, by demand or by time; keeps nobody in marketing (GDPR Art. 17(3)). Again: prolongs it.' })
  @ApiAnswer(200, WriteReceiptSchema, 'Held')
  @ApiProblems(CUSTOMER_NOT_FOUND, REVIEW_OUT_OF_RANGE)
  @ApiWrite()
  place(
    @Param('id', { schema: IdSchema }) id: string, @Body({ schema: HoldSchema }) body: Hold,
    @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller,
  ): Promise<WriteAnswer> {
    return this.holds.place(write, caller, id, body);
  }

  @Delete('customers/:id/legal-hold')
  @HttpCode(200)
  @Scopes('holds:write')
  @UseInterceptors(WriteAnswerInterceptor)
  @ApiOperation({ summary: 'End a legal hold', description: 'An erasure that has waited for it is carried out at once, unless it does not stand any more: she is restricted by wish, the relationship was resumed, or her request was refused.' })
  @ApiAnswer(200, HoldEndedSchema, 'Ended; names the erasure case when there is one, and says whether one was dropped')
  @ApiProblems(CUSTOMER_NOT_FOUND, HOLD_NOT_FOUND)
  @ApiWrite()
  end(@Param('id', { schema: IdSchema }) id: string, @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller): Promise<WriteAnswer> {
    return this.holds.end(write, caller, id);
  }

  @Get('customers/:id/legal-hold')
  @Scopes('holds:read')
  @ApiOperation({ summary: 'Read a legal hold' })
  @ApiAnswer(200, HoldViewSchema, 'The hold, and the erasure that waits for its end')
  @ApiProblems(HOLD_NOT_FOUND)
  @ApiRead()
  find(@Param('id', { schema: IdSchema }) id: string, @CurrentReading() reading: Reading): Promise<HoldView> {
    return this.holds.find(id, reading);
  }

  @Get('legal-holds')
  @Scopes('holds:read')
  @ApiOperation({ summary: 'Legal holds to look at again', description: 'Those whose review is due, the most urgent first.' })
  @ApiAnswer(200, HoldPageSchema, 'One page')
  @ApiRead()
  toReview(@Query({ schema: ReviewQuerySchema }) query: ReviewQuery, @CurrentReading() reading: Reading): Promise<{ holds: HoldView[]; next: string | null }> {
    return this.holds.toReview(query, reading);
  }
}
