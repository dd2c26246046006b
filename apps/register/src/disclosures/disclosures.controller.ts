import { Body, Controller, Get, HttpCode, Param, Post, Put, Req, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Caller, CurrentCaller, OwnCustomer, Scopes } from '#auth/access.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import type { Reading } from '../access-log/access-log.js';
import { ApiRead } from '../access-log/api-read.decorator.js';
import { CurrentReading } from '../access-log/reading.decorator.js';
import { CONSENT_IN_FUTURE, GUARDIAN_REQUIRED, WORDING_UNKNOWN } from '../consents/consents.errors.js';
import type { PutConsent } from '../consents/consents.schemas.js';
import { CUSTOMER_NOT_FOUND, CUSTOMER_RESTRICTED, RELATIONSHIP_ENDED } from '../customers/customer.errors.js';
import { ApiWrite } from '../idempotency/api-write.decorator.js';
import { WriteAnswerInterceptor } from '../idempotency/write-answer.interceptor.js';
import { CurrentWrite } from '../idempotency/write-request.decorator.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { DisclosureConsents } from './disclosure-consents.service.js';
import { DISCLOSURE_WITHOUT_CONSENT, DISCLOSURE_WITHOUT_NOTICE, NOTHING_TO_DISCLOSE, NOTICE_IN_FUTURE, RECIPIENT_UNKNOWN } from './disclosures.errors.js';
import {
  type Disclose, DiscloseSchema, DisclosureConsentReceiptSchema, type DisclosureTarget, DisclosureTargetSchema, type Ledger, LedgerSchema, type Notify,
  NotifyReceiptSchema, NotifySchema, PutDisclosureConsentSchema, type Release, ReleaseSchema,
} from './disclosures.schemas.js';
import { DisclosuresService } from './disclosures.service.js';

const IdSchema = z.uuid();

@ApiTags('disclosures')
@Controller('v1/customers/:id')
export class DisclosuresController {
  constructor(
    private readonly disclosures: DisclosuresService,
    private readonly consents: DisclosureConsents,
  ) {}

  @Put('disclosure-consents/:recipient/:purpose')
  @Scopes('consents:write')
  @OwnCustomer('id')
  @UseInterceptors(WriteAnswerInterceptor)
  @ApiOperation({ summary: 'Record a decision about disclosures', description: 'Granted or withdrawn for one recipient and purpose, with its proof. Withdrawing is the same call as granting.' })
  @ApiAnswer(200, DisclosureConsentReceiptSchema, 'Recorded; inEffect tells whether it changed what is in force')
  @ApiProblems(CUSTOMER_NOT_FOUND, CUSTOMER_RESTRICTED, RELATIONSHIP_ENDED, CONSENT_IN_FUTURE, GUARDIAN_REQUIRED, WORDING_UNKNOWN, RECIPIENT_UNKNOWN)
  @ApiWrite()
  decide(
    @Param({ schema: DisclosureTargetSchema }) target: DisclosureTarget, @Body({ schema: PutDisclosureConsentSchema }) body: PutConsent,
    @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller,
  ): Promise<WriteAnswer> {
    return this.consents.decide(write, caller, target, body);
  }

  @Post('disclosure-notices')
  @HttpCode(201)
  @Scopes('disclosures:write')
  @UseInterceptors(WriteAnswerInterceptor)
  @ApiOperation({ summary: 'Record that the person was told of disclosures', description: 'To one recipient for one purpose, apart from her consent.' })
  @ApiAnswer(201, NotifyReceiptSchema, 'Recorded')
  @ApiProblems(CUSTOMER_NOT_FOUND, RECIPIENT_UNKNOWN, NOTICE_IN_FUTURE)
  @ApiWrite()
  notify(
    @Param('id', { schema: IdSchema }) id: string, @Body({ schema: NotifySchema }) body: Notify, @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller,
  ): Promise<WriteAnswer> {
    return this.consents.notify(write, caller, id, body);
  }

  @Post('disclosures')
  @HttpCode(201)
  @Scopes('disclosures:write')
  @ApiOperation({
    summary: 'Disclose a person to a recipient outside',
    description: 'The answer is the release: the fields asked for, with the id under which the recipient hears of corrections and erasure. Needs a consent in force for this recipient and purpose, and a notice sent to the person.',
  })
  @ApiAnswer(201, ReleaseSchema, 'In the ledger, and here')
  @ApiProblems(
    CUSTOMER_NOT_FOUND, CUSTOMER_RESTRICTED, RELATIONSHIP_ENDED, GUARDIAN_REQUIRED, RECIPIENT_UNKNOWN, DISCLOSURE_WITHOUT_CONSENT, DISCLOSURE_WITHOUT_NOTICE, NOTHING_TO_DISCLOSE,
  )
  @ApiWrite()
  disclose(
    @Param('id', { schema: IdSchema }) id: string, @Body({ schema: DiscloseSchema }) body: Disclose, @CurrentWrite() write: WriteRequest,
    @CurrentCaller() caller: Caller, @Req() request: FastifyRequest,
  ): Promise<Release> {
    return this.disclosures.disclose(write, caller, `POST ${request.routeOptions.url ?? ''}`, id, body);
  }

  @Get('disclosures')
  @Scopes('disclosures:read')
  @OwnCustomer('id')
  @ApiOperation({ summary: 'Everything about disclosures of a person', description: 'What was released to whom, what she decided, and when she was told.' })
  @ApiAnswer(200, LedgerSchema, 'In the order of time')
  @ApiProblems(CUSTOMER_NOT_FOUND)
  @ApiRead()
  ledger(@Param('id', { schema: IdSchema }) id: string, @CurrentReading() reading: Reading): Promise<Ledger> {
    return this.consents.ledger(id, reading);
  }
}
