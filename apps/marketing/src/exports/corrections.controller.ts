import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Caller, CurrentCaller, Scopes } from '#auth/access.js';
import { csvAnswer } from '#http/csv-answer.js';
import { DATABASE_AWAY } from '#http/http.errors.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import { type Corrections, CorrectionsSchema } from './corrections.schemas.js';
import { CorrectionsService } from './corrections.service.js';
import { RECIPIENT_NOT_FOUND } from './exports.errors.js';
import { type Acknowledged, AcknowledgedSchema, type Acknowledgement, AcknowledgementSchema, type RemovalQuery, RemovalQuerySchema } from './removals.schemas.js';

const RecipientParam = z.string().max(60);

@ApiTags('exports')
@Controller('v1/recipients/:id/corrections')
export class CorrectionsController {
  constructor(private readonly corrections: CorrectionsService) {}

  @Get()
  @Scopes('removals:read')
  @ApiProduces('application/json', 'text/csv')
  @ApiOperation({
    summary: 'Whose data a recipient must correct',
    description: 'People it was given whose data has changed since (GDPR Art. 19), and who may still be written to. By `Accept: text/csv` as a file with the columns ref, channel, '
      + 'fields, noticed_at; the headers Lupa-Up-To and Lupa-More then carry what JSON says.',
  })
  @ApiAnswer(200, CorrectionsSchema, 'Who must be corrected, and has not been acknowledged')
  @ApiProblems(RECIPIENT_NOT_FOUND, DATABASE_AWAY)
  async list(
    @Param('id', { schema: RecipientParam }) id: string, @Query({ schema: RemovalQuerySchema }) query: RemovalQuery,
    @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Corrections | string> {
    const answer = await this.corrections.ofRecipient(id, query);
    const rows = answer.corrections.map(({ ref, channel, fields, noticedAt }) => [ref, channel, fields.join(';'), noticedAt]);
    return csvAnswer(request, reply, 'corrections', answer, [['ref', 'channel', 'fields', 'noticed_at'], ...rows]) ?? answer;
  }

  @Post('acknowledgements')
  @HttpCode(200)
  @Scopes('exports:write')
  @ApiOperation({ summary: 'Say that the recipient has corrected people', description: 'Everybody told up to a number. Whose data changes again is told again.' })
  @ApiAnswer(200, AcknowledgedSchema, 'How many people that were')
  @ApiProblems(RECIPIENT_NOT_FOUND, DATABASE_AWAY)
  acknowledge(
    @Param('id', { schema: RecipientParam }) id: string, @Body({ schema: AcknowledgementSchema }) { upTo }: Acknowledgement, @CurrentCaller() caller: Caller,
  ): Promise<Acknowledged> {
    return this.corrections.acknowledge(id, upTo, caller.subject);
  }
}
