import { Body, Controller, Delete, Get, HttpCode, Param, Put, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Caller, CurrentCaller, OwnCustomer, Scopes } from '#auth/access.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import type { Reading } from '../access-log/access-log.js';
import { ApiRead } from '../access-log/api-read.decorator.js';
import { CurrentReading } from '../access-log/reading.decorator.js';
import { WORDING_UNKNOWN } from '../consents/consents.errors.js';
import { ConsentReceiptSchema } from '../consents/consents.schemas.js';
import { CUSTOMER_NOT_FOUND, CUSTOMER_RESTRICTED } from '../customers/customer.errors.js';
import { ApiWrite } from '../idempotency/api-write.decorator.js';
import { WriteAnswerInterceptor } from '../idempotency/write-answer.interceptor.js';
import { CurrentWrite } from '../idempotency/write-request.decorator.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { GUARDIAN_IN_FUTURE, NOT_A_CHILD } from './guardians.errors.js';
import { type GuardianConsent, GuardianConsentSchema, type GuardianRecords, GuardianRecordsSchema } from './guardians.schemas.js';
import { GuardiansService } from './guardians.service.js';

const IdSchema = z.uuid();

/** A child cannot speak for her guardian: no token of a customer writes here. */
@ApiTags('consents')
@Controller('v1/customers/:id/guardian-consent')
export class GuardiansController {
  constructor(private readonly guardians: GuardiansService) {}

  @Put()
  @Scopes('consents:write')
  @UseInterceptors(WriteAnswerInterceptor)
  @ApiOperation({ summary: 'Record that a guardian agrees', description: 'From then on the child may consent to marketing (GDPR Art. 8). Such consents hold until she or the guardian withdraws, also when she turns 13.' })
  @ApiAnswer(200, ConsentReceiptSchema, 'Recorded; `inEffect` is false when a guardian has withdrawn since: then it is proof only')
  @ApiProblems(CUSTOMER_NOT_FOUND, CUSTOMER_RESTRICTED, NOT_A_CHILD, GUARDIAN_IN_FUTURE, WORDING_UNKNOWN)
  @ApiWrite()
  give(
    @Param('id', { schema: IdSchema }) id: string, @Body({ schema: GuardianConsentSchema }) body: GuardianConsent,
    @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller,
  ): Promise<WriteAnswer> {
    return this.guardians.give(write, caller, id, body);
  }

  @Delete()
  @HttpCode(200)
  @Scopes('consents:write')
  @UseInterceptors(WriteAnswerInterceptor)
  @ApiOperation({ summary: 'Record that the guardian no longer agrees', description: 'What the child has consented to under age leaves marketing at once.' })
  @ApiAnswer(200, ConsentReceiptSchema, 'Recorded')
  @ApiProblems(CUSTOMER_NOT_FOUND)
  @ApiWrite()
  withdraw(@Param('id', { schema: IdSchema }) id: string, @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller): Promise<WriteAnswer> {
    return this.guardians.withdraw(write, caller, id);
  }

  @Get()
  @Scopes('consents:read')
  @OwnCustomer('id')
  @ApiOperation({ summary: 'What guardians have agreed to' })
  @ApiAnswer(200, GuardianRecordsSchema, 'Every record, in the order of recording')
  @ApiProblems(CUSTOMER_NOT_FOUND)
  @ApiRead()
  records(@Param('id', { schema: IdSchema }) id: string, @CurrentReading() reading: Reading): Promise<GuardianRecords> {
    return this.guardians.records(id, reading);
  }
}
