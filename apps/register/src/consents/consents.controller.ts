import { Body, Controller, Get, HttpCode, Param, Post, Put, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type Caller, CurrentCaller, OwnCustomer, Scopes } from '#auth/access.js';
import type { Channel } from '#contracts/channel.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import { CurrentReading } from '../access-log/reading.decorator.js';
import type { Reading } from '../access-log/access-log.js';
import { ApiRead } from '../access-log/api-read.decorator.js';
import { CUSTOMER_NOT_FOUND, CUSTOMER_RESTRICTED, RELATIONSHIP_ENDED } from '../customers/customer.errors.js';
import { ApiWrite } from '../idempotency/api-write.decorator.js';
import { WriteAnswerInterceptor } from '../idempotency/write-answer.interceptor.js';
import { CurrentWrite } from '../idempotency/write-request.decorator.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { SUPPRESSED } from '../suppression/suppression.errors.js';
import { CONSENT_IN_FUTURE, GUARDIAN_REQUIRED, PURPOSE_WITHOUT_CONSENT, WORDING_UNKNOWN } from './consents.errors.js';
import { ConsentHistoryService } from './consent-history.service.js';
import {
  ConsentHistorySchema, ConsentListSchema, ConsentReceiptSchema, ConsentTargetSchema, type PutConsent, PutConsentSchema, type StopAll, StopAllSchema,
} from './consents.schemas.js';
import { ConsentsService } from './consents.service.js';

const IdSchema = z.uuid();
type Target = z.output<typeof ConsentTargetSchema> & { channel: Channel };

@ApiTags('consents')
@Controller('v1/customers/:id')
export class ConsentsController {
  constructor(
    private readonly consents: ConsentsService,
    private readonly history: ConsentHistoryService,
  ) {}

  @Put('consents/:purpose/:channel')
  @Scopes('consents:write')
  @OwnCustomer('id')
  @UseInterceptors(WriteAnswerInterceptor)
  @ApiOperation({ summary: 'Record a decision', description: 'Granted or withdrawn, with its proof (GDPR Art. 7). A decision older than the one in force is kept as proof only, and so is a consent that has lapsed by the time it is told. After an objection or an erasure only the person herself opens a channel again.' })
  @ApiAnswer(200, ConsentReceiptSchema, 'Recorded; inEffect tells whether it changed what is in force')
  @ApiProblems(CUSTOMER_NOT_FOUND, CUSTOMER_RESTRICTED, RELATIONSHIP_ENDED, CONSENT_IN_FUTURE, GUARDIAN_REQUIRED, PURPOSE_WITHOUT_CONSENT, WORDING_UNKNOWN, SUPPRESSED)
  @ApiWrite()
  put(
    @Param({ schema: ConsentTargetSchema }) { id, ...target }: Target, @Body({ schema: PutConsentSchema }) body: PutConsent,
    @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller,
  ): Promise<WriteAnswer> {
    return this.consents.put(write, caller, id, target, body);
  }

  @Post('stop-all')
  @HttpCode(200)
  @Scopes('consents:write')
  @OwnCustomer('id')
  @UseInterceptors(WriteAnswerInterceptor)
  @ApiOperation({ summary: 'Withdraw every consent', description: 'One call for all purposes and channels.' })
  @ApiAnswer(200, ConsentReceiptSchema, 'Withdrawn')
  @ApiProblems(CUSTOMER_NOT_FOUND, CONSENT_IN_FUTURE)
  @ApiWrite()
  stopAll(
    @Param('id', { schema: IdSchema }) id: string, @Body({ schema: StopAllSchema }) body: StopAll,
    @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller,
  ): Promise<WriteAnswer> {
    return this.consents.stopAll(write, caller, id, body);
  }

  @Put('objection')
  @Scopes('consents:write')
  @OwnCustomer('id')
  @UseInterceptors(WriteAnswerInterceptor)
  @ApiOperation({ summary: 'Object to direct marketing', description: 'Every channel is off, and her addresses are closed to marketing, until the person herself consents anew (GDPR Art. 21(2)).' })
  @ApiAnswer(200, ConsentReceiptSchema, 'Noted')
  @ApiProblems(CUSTOMER_NOT_FOUND, CONSENT_IN_FUTURE)
  @ApiWrite()
  object(
    @Param('id', { schema: IdSchema }) id: string, @Body({ schema: StopAllSchema }) body: StopAll,
    @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller,
  ): Promise<WriteAnswer> {
    return this.consents.object(write, caller, id, body);
  }

  @Get('consents')
  @Scopes('consents:read')
  @OwnCustomer('id')
  @ApiOperation({ summary: 'Consents in force' })
  @ApiAnswer(200, ConsentListSchema, 'One entry for each purpose and channel ever decided on; none is no consent')
  @ApiProblems(CUSTOMER_NOT_FOUND)
  @ApiRead()
  async current(@Param('id', { schema: IdSchema }) id: string, @CurrentReading() reading: Reading): Promise<z.infer<typeof ConsentListSchema>> {
    return { consents: await this.history.current(id, reading) };
  }

  @Get('consents/history')
  @Scopes('consents:read')
  @OwnCustomer('id')
  @ApiOperation({ summary: 'Every decision with its proof', description: 'Append-only, in the order of recording.' })
  @ApiAnswer(200, ConsentHistorySchema, 'All consent records')
  @ApiProblems(CUSTOMER_NOT_FOUND)
  @ApiRead()
  async records(@Param('id', { schema: IdSchema }) id: string, @CurrentReading() reading: Reading): Promise<z.infer<typeof ConsentHistorySchema>> {
    return { records: await this.history.records(id, reading) };
  }
}
