import { Body, Controller, Get, HttpCode, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Caller, CurrentCaller, OwnCustomer, Scopes } from '#auth/access.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import type { Reading } from '../access-log/access-log.js';
import { ApiRead } from '../access-log/api-read.decorator.js';
import { CurrentReading } from '../access-log/reading.decorator.js';
import { CUSTOMER_NOT_FOUND } from '../customers/customer.errors.js';
import { ApiWrite } from '../idempotency/api-write.decorator.js';
import { WriteAnswerInterceptor } from '../idempotency/write-answer.interceptor.js';
import { CurrentWrite } from '../idempotency/write-request.decorator.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { RequestReads } from './request-reads.service.js';
import {
  ASSIGNEE_UNKNOWN, EXTENDED_ALREADY, REQUEST_CLOSED, REQUEST_NOT_FOUND, REQUEST_NOT_WAITING, TIME_IN_FUTURE, TOLD_BEFORE_REQUEST, TOLD_TOO_LATE,
  TOO_MANY_REQUESTS_OPEN,
} from './requests.errors.js';
import {
  type CreateRequest, CreateRequestSchema, type ListRequests, ListRequestsSchema, OwnRequestsSchema, type OwnRequestView, type RequestHistory,
  RequestHistorySchema, type RequestPage, RequestPageSchema, RequestReceiptSchema, type RequestStep, RequestStepSchema,
} from './requests.schemas.js';
import { RequestsService } from './requests.service.js';

const IdSchema = z.uuid();

@ApiTags('requests')
@Controller('v1')
export class RequestsController {
  constructor(
    private readonly requests: RequestsService,
    private readonly reads: RequestReads,
  ) {}

  @Post('customers/:id/requests')
  @HttpCode(201)
  @Scopes('requests:create')
  @OwnCustomer('id')
  @UseInterceptors(WriteAnswerInterceptor)
  @ApiOperation({ summary: 'Take in a request of a person', description: 'Due one calendar month on (GDPR Art. 12(3)); the data-protection contact has it first. Asked for again while it is open, it is the same request.' })
  @ApiAnswer(201, RequestReceiptSchema, 'Taken in; Location names it')
  @ApiAnswer(200, RequestReceiptSchema, 'Open already; Location names it')
  @ApiProblems(CUSTOMER_NOT_FOUND, TIME_IN_FUTURE, TOO_MANY_REQUESTS_OPEN)
  @ApiWrite()
  create(
    @Param('id', { schema: IdSchema }) id: string, @Body({ schema: CreateRequestSchema }) body: CreateRequest,
    @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller,
  ): Promise<WriteAnswer> {
    return this.requests.create(write, caller, id, body);
  }

  @Get('customers/:id/requests')
  @Scopes('requests:read')
  @OwnCustomer('id')
  @ApiOperation({ summary: 'Requests of a person', description: 'Without requests:write: only those recorded by the caller; the person sees all of hers.' })
  @ApiAnswer(200, OwnRequestsSchema, 'In the order of receipt')
  @ApiProblems(CUSTOMER_NOT_FOUND)
  @ApiRead()
  async ofCustomer(@Param('id', { schema: IdSchema }) id: string, @CurrentReading() reading: Reading): Promise<{ requests: OwnRequestView[] }> {
    return { requests: await this.reads.ofCustomer(id, reading) };
  }

  @Get('requests')
  @Scopes('requests:read')
  @ApiOperation({ summary: 'Requests by due date', description: 'due=late: what is late; dueWithin=7: what is late or due within 7 days. Without requests:write: only those recorded by the caller.' })
  @ApiAnswer(200, RequestPageSchema, 'One page')
  @ApiRead()
  list(@Query({ schema: ListRequestsSchema }) query: ListRequests, @CurrentReading() reading: Reading): Promise<RequestPage> {
    return this.reads.list(query, reading);
  }

  @Get('requests/:requestId')
  @Scopes('requests:read')
  @ApiOperation({ summary: 'Read a request with its history' })
  @ApiAnswer(200, RequestHistorySchema, 'Every step, in order')
  @ApiProblems(REQUEST_NOT_FOUND)
  @ApiRead()
  find(@Param('requestId', { schema: IdSchema }) id: string, @CurrentReading() reading: Reading): Promise<RequestHistory> {
    return this.reads.find(id, reading);
  }

  @Post('requests/:requestId/steps')
  @HttpCode(200)
  @Scopes('requests:write')
  @UseInterceptors(WriteAnswerInterceptor)
  @ApiOperation({ summary: 'Move a request on', description: 'Assign, ask the person, extend once by two months, close as done or refused with the reason told.' })
  @ApiAnswer(200, RequestReceiptSchema, 'Recorded')
  @ApiProblems(REQUEST_NOT_FOUND, REQUEST_CLOSED, REQUEST_NOT_WAITING, EXTENDED_ALREADY, TOLD_TOO_LATE, TIME_IN_FUTURE, TOLD_BEFORE_REQUEST, ASSIGNEE_UNKNOWN)
  @ApiWrite()
  step(
    @Param('requestId', { schema: IdSchema }) id: string, @Body({ schema: RequestStepSchema }) body: RequestStep,
    @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller,
  ): Promise<WriteAnswer> {
    return this.requests.step(write, caller, id, body);
  }
}
