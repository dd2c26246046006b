import { Body, Controller, Get, Headers, HttpCode, Param, Patch, Post, Query, Res, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Caller, CurrentCaller, OwnCustomer, Scopes, ScopesForField } from '#auth/access.js';
import { etagOf, IF_MATCH_INVALID, IF_MATCH_MISSING, requireIfMatch, VERSION_MISMATCH } from '#http/etag.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import type { Reading } from '../access-log/access-log.js';
import { ApiRead } from '../access-log/api-read.decorator.js';
import { CurrentReading } from '../access-log/reading.decorator.js';
import { CONSENT_IN_FUTURE, GUARDIAN_REQUIRED, PUBLIC_SOURCE_CONSENT, PURPOSE_WITHOUT_CONSENT, WORDING_UNKNOWN } from '../consents/consents.errors.js';
import { ApiWrite } from '../idempotency/api-write.decorator.js';
import { WriteAnswerInterceptor } from '../idempotency/write-answer.interceptor.js';
import { CurrentWrite } from '../idempotency/write-request.decorator.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { CreateCustomerService } from './create-customer.service.js';
import { CUSTOMER_NOT_FOUND, CUSTOMER_RESTRICTED, EMAIL_TAKEN_ALREADY, SOURCE_OUTRANKED } from './customer.errors.js';
import { CustomerReads } from './customer-reads.service.js';
import {
  type CreateCustomer, CreateCustomerSchema, CustomerPageSchema, CustomerSchema, type CustomerView, ListCustomersSchema,
  type PatchCustomer, PatchCustomerSchema, type SearchCustomers, SearchCustomersSchema, WriteReceiptSchema,
} from './customers.schemas.js';
import { CustomersService } from './customers.service.js';

const IdSchema = z.uuid();

@ApiTags('customers')
@Controller('v1/customers')
export class CustomersController {
  constructor(
    private readonly creation: CreateCustomerService,
    private readonly customers: CustomersService,
    private readonly reads: CustomerReads,
  ) {}

  @Post()
  @Scopes('customers:write')
  @ScopesForField('consents', 'consents:write')
  @UseInterceptors(WriteAnswerInterceptor)
  @ApiOperation({ summary: 'Register a customer', description: 'With the consents given on the same form, each with its own proof; whoever brings some needs `consents:write` too. Without a `source` staff speak for themselves, and programs for the customer.' })
  @ApiAnswer(201, WriteReceiptSchema, 'Registered; Location and ETag are set')
  @ApiProblems(EMAIL_TAKEN_ALREADY, CONSENT_IN_FUTURE, GUARDIAN_REQUIRED, PURPOSE_WITHOUT_CONSENT, WORDING_UNKNOWN, PUBLIC_SOURCE_CONSENT)
  @ApiWrite()
  create(@Body({ schema: CreateCustomerSchema }) body: CreateCustomer, @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller): Promise<WriteAnswer> {
    return this.creation.create(write, caller, body);
  }

  @Get()
  @Scopes('customers:search')
  @ApiOperation({ summary: 'List customers', description: 'In the order of registration, page by page.' })
  @ApiAnswer(200, CustomerPageSchema, 'One page')
  @ApiRead()
  list(@Query({ schema: ListCustomersSchema }) query: z.output<typeof ListCustomersSchema>, @CurrentReading() reading: Reading): Promise<z.infer<typeof CustomerPageSchema>> {
    return this.reads.list(query.limit, query.cursor, reading);
  }

  @Post('search')
  @HttpCode(200)
  @Scopes('customers:search')
  @ApiOperation({ summary: 'Find customers', description: 'By email or phone exactly, or by the beginning of the last name; 50 at most.' })
  @ApiAnswer(200, z.object({ customers: z.array(CustomerSchema) }), 'Those who match')
  @ApiRead()
  async search(@Body({ schema: SearchCustomersSchema }) query: SearchCustomers, @CurrentReading() reading: Reading): Promise<{ customers: CustomerView[] }> {
    return { customers: await this.reads.search(query, reading) };
  }

  @Get(':id')
  @Scopes('customers:read')
  @OwnCustomer('id')
  @ApiOperation({ summary: 'Read a customer' })
  @ApiAnswer(200, CustomerSchema, 'Everything the register holds, each field with its source')
  @ApiProblems(CUSTOMER_NOT_FOUND)
  @ApiRead()
  async find(@Param('id', { schema: IdSchema }) id: string, @CurrentReading() reading: Reading, @Res({ passthrough: true }) reply: FastifyReply): Promise<CustomerView> {
    const customer = await this.reads.find(id, reading);
    void reply.header('etag', etagOf(customer.version));
    return customer;
  }

  @Patch(':id')
  @Scopes('customers:write')
  @UseInterceptors(WriteAnswerInterceptor)
  @ApiOperation({ summary: 'Correct a customer', description: 'JSON merge patch (RFC 7396): absent stays, null clears. Without a `source` staff speak for themselves, and programs for the customer: her word is a sign of life, theirs is not.' })
  @ApiHeader({ name: 'If-Match', required: true, description: 'The ETag of the version you have read.', example: '"1"' })
  @ApiAnswer(200, WriteReceiptSchema, 'Corrected')
  @ApiProblems(CUSTOMER_NOT_FOUND, IF_MATCH_MISSING, IF_MATCH_INVALID, VERSION_MISMATCH, EMAIL_TAKEN_ALREADY, CUSTOMER_RESTRICTED, SOURCE_OUTRANKED)
  @ApiWrite()
  patch(
    @Param('id', { schema: IdSchema }) id: string, @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: PatchCustomerSchema }) body: PatchCustomer, @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller,
  ): Promise<WriteAnswer> {
    return this.customers.patch(write, caller, id, requireIfMatch(ifMatch), body);
  }
}
