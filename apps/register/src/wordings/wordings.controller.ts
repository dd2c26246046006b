import { Body, Controller, Get, Param, Put, UseInterceptors } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { type Caller, CurrentCaller, Scopes } from '#auth/access.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import { PURPOSE_WITHOUT_CONSENT } from '../consents/consents.errors.js';
import { ApiWrite } from '../idempotency/api-write.decorator.js';
import { WriteAnswerInterceptor } from '../idempotency/write-answer.interceptor.js';
import { CurrentWrite } from '../idempotency/write-request.decorator.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { type PutWording, PutWordingSchema, type Wording, type WordingKey, WordingKeySchema, WordingListSchema, WordingReceiptSchema, WordingSchema } from './wordings.schemas.js';
import { WORDING_EXISTS, WORDING_NOT_FOUND, WordingsService } from './wordings.service.js';

@ApiTags('wordings')
@Controller('v1/wordings')
export class WordingsController {
  constructor(private readonly wordings: WordingsService) {}

  @Put(':id/:version/:language')
  @Scopes('wordings:write')
  @UseInterceptors(WriteAnswerInterceptor)
  @ApiOperation({ summary: 'Register a version of a consent wording', description: 'A version that exists is never changed.' })
  @ApiAnswer(201, WordingReceiptSchema, 'Registered; name this hash in the evidence of a consent')
  @ApiProblems(WORDING_EXISTS, PURPOSE_WITHOUT_CONSENT)
  @ApiWrite()
  put(
    @Param({ schema: WordingKeySchema }) key: WordingKey, @Body({ schema: PutWordingSchema }) body: PutWording,
    @CurrentWrite() write: WriteRequest, @CurrentCaller() caller: Caller,
  ): Promise<WriteAnswer> {
    return this.wordings.put(write, caller, key, body);
  }

  @Get()
  @Scopes('wordings:read')
  @ApiOperation({ summary: 'List all wordings' })
  @ApiAnswer(200, WordingListSchema, 'Every version in every language')
  async list(): Promise<z.infer<typeof WordingListSchema>> {
    return { wordings: await this.wordings.list() };
  }

  @Get(':id/:version/:language')
  @Scopes('wordings:read')
  @ApiOperation({ summary: 'Read one wording' })
  @ApiAnswer(200, WordingSchema, 'The text as it is shown')
  @ApiProblems(WORDING_NOT_FOUND)
  find(@Param({ schema: WordingKeySchema }) key: WordingKey): Promise<Wording> {
    return this.wordings.find(key);
  }
}
