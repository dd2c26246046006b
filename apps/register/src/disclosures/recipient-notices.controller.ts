import { Body, Controller, Get, HttpCode, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Caller, CurrentCaller, Scopes } from '#auth/access.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import type { Reading } from '../access-log/access-log.js';
import { ApiRead } from '../access-log/api-read.decorator.js';
import { CurrentReading } from '../access-log/reading.decorator.js';
import { ApiWrite } from '../idempotency/api-write.decorator.js';
import { WriteAnswerInterceptor } from '../idempotency/write-answer.interceptor.js';
import { CurrentWrite } from '../idempotency/write-request.decorator.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { RECIPIENT_NOTICE_NOT_FOUND, RECIPIENT_TOLD_ALREADY } from './disclosures.errors.js';
import {
  type ListNotices, ListNoticesSchema, type NoticePage, NoticePageSchema, type NoticeWithData, NoticeWithDataSchema, type TellRecipient, TellRecipientSchema, ToldReceiptSchema,
} from './disclosures.schemas.js';
import { RecipientNotices } from './recipient-notices.service.js';

const IdSchema = z.uuid();

@ApiTags('disclosures')
@Controller('v1/recipient-notices')
export class RecipientNoticesController {
  constructor(private readonly notices: RecipientNotices) {}

  @Get()
  @Scopes('disclosures:read')
  @ApiOperation({ summary: 'What recipients are to be told', description: 'Corrections, restrictions and erasures of people they got (GDPR Art. 19), by due date. Whom it is about stands as the id of the disclosure.' })
  @ApiAnswer(200, NoticePageSchema, 'One page')
  list(@Query({ schema: ListNoticesSchema }) query: ListNotices): Promise<NoticePage> {
    return this.notices.list(query);
  }

  @Get(':noticeId')
  @Scopes('disclosures:read')
  @ApiOperation({ summary: 'One notice with what is right now', description: 'For a correction: the values to tell the recipient.' })
  @ApiAnswer(200, NoticeWithDataSchema, 'The notice')
  @ApiProblems(RECIPIENT_NOTICE_NOT_FOUND)
  @ApiRead()
  find(@Param('noticeId', { schema: IdSchema }) id: string, @CurrentReading() reading: Reading): Promise<NoticeWithData> {
    return this.notices.find(id, reading);
  }

  @Post(':noticeId/done')
  @HttpCode(200)
  @Scopes('disclosures:write')
  @UseInterceptors(WriteAnswerInterceptor)
  @ApiOperation({ summary: 'The recipient was told' })
  @ApiAnswer(200, ToldReceiptSchema, 'Noted')
  @ApiProblems(RECIPIENT_NOTICE_NOT_FOUND, RECIPIENT_TOLD_ALREADY)
  @ApiWrite()
  done(
    @Param('noticeId', { schema: IdSchema }) id: string, @Body({ schema: TellRecipientSchema }) body: TellRecipient, @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller,
  ): Promise<WriteAnswer> {
    return this.notices.done(write, caller, id, body);
  }
}
