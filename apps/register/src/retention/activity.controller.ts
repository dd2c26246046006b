import { Body, Controller, HttpCode, Param, Post, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Scopes } from '#auth/access.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import { CUSTOMER_NOT_FOUND, CUSTOMER_RESTRICTED } from '../customers/customer.errors.js';
import { WriteReceiptSchema } from '../customers/customers.schemas.js';
import { ApiWrite } from '../idempotency/api-write.decorator.js';
import { WriteAnswerInterceptor } from '../idempotency/write-answer.interceptor.js';
import { CurrentWrite } from '../idempotency/write-request.decorator.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { STANDING_IN_FUTURE } from '../standing/standing.errors.js';
import { type Activity, ActivitySchema } from './activity.schemas.js';
import { ActivityService } from './activity.service.js';

@ApiTags('customers')
@Controller('v1/customers/:id/activity')
export class ActivityController {
  constructor(private readonly activity: ActivityService) {}

  @Post()
  @HttpCode(200)
  @Scopes('customers:write')
  @UseInterceptors(WriteAnswerInterceptor)
  @ApiOperation({ summary: 'Note that the person was seen', description: 'Signed in, bought, answered; kept to the day. Consents of those who give no sign for the period of marketing lapse.' })
  @ApiAnswer(200, WriteReceiptSchema, 'Noted; her version stays')
  @ApiProblems(CUSTOMER_NOT_FOUND, CUSTOMER_RESTRICTED, STANDING_IN_FUTURE)
  @ApiWrite()
  note(@Param('id', { schema: z.uuid() }) id: string, @Body({ schema: ActivitySchema }) body: Activity, @CurrentWrite() write: WriteRequest): Promise<WriteAnswer> {
    return this.activity.note(write, id, body);
  }
}
