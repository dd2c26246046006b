import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Caller, CurrentCaller, Scopes } from '#auth/access.js';
import { csvAnswer } from '#http/csv-answer.js';
import { DATABASE_AWAY } from '#http/http.errors.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import { EXPORT_NOT_FOUND, RECIPIENT_NOT_FOUND } from './exports.errors.js';
import { ExportsService } from './exports.service.js';
import { type Recipient, RecipientListSchema } from './recipients.schemas.js';
import {
  type Acknowledged, AcknowledgedSchema, type Acknowledgement, AcknowledgementSchema, type RemovalQuery, RemovalQuerySchema, type Removals, RemovalsSchema,
} from './removals.schemas.js';
import { RemovalsService } from './removals.service.js';

const RecipientParam = z.string().max(60);
const NOTE = 'By `Accept: text/csv` as a file with the columns ref, channel, erased, noticed_at; the headers Lupa-Up-To and Lupa-More then carry what JSON says.';

@ApiTags('exports')
@Controller('v1')
export class RemovalsController {
  constructor(private readonly removals: RemovalsService, private readonly exports: ExportsService) {}

  @Get('recipients')
  @Scopes('exports:read')
  @ApiOperation({ summary: 'Who may be given people, for what' })
  @ApiAnswer(200, RecipientListSchema, 'The configured recipients')
  list(): { recipients: readonly Recipient[] } {
    return { recipients: this.exports.recipients() };
  }

  @Get('recipients/:id/removals')
  @Scopes('removals:read')
  @ApiProduces('application/json', 'text/csv')
  @ApiOperation({ summary: 'Whom a recipient must remove', description: `People it was given, in whichever export, who may not be written to any more. ${NOTE}` })
  @ApiAnswer(200, RemovalsSchema, 'Who must go, and has not been acknowledged')
  @ApiProblems(RECIPIENT_NOT_FOUND, DATABASE_AWAY)
  async ofRecipient(
    @Param('id', { schema: RecipientParam }) id: string, @Query({ schema: RemovalQuerySchema }) query: RemovalQuery,
    @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Removals | string> {
    return inForm(await this.removals.ofRecipient(id, query), request, reply);
  }

  @Get('exports/:id/removals')
  @Scopes('removals:read')
  @ApiProduces('application/json', 'text/csv')
  @ApiOperation({ summary: 'Who of an export must be removed', description: NOTE })
  @ApiAnswer(200, RemovalsSchema, 'Who must go, and has not been acknowledged')
  @ApiProblems(EXPORT_NOT_FOUND, DATABASE_AWAY)
  async ofExport(
    @Param('id', { schema: z.uuid() }) id: string, @Query({ schema: RemovalQuerySchema }) query: RemovalQuery,
    @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Removals | string> {
    return inForm(await this.removals.ofExport(id, query), request, reply);
  }

  @Post('recipients/:id/removals/acknowledgements')
  @HttpCode(200)
  @Scopes('exports:write')
  @ApiOperation({ summary: 'Say that the recipient has removed people', description: 'Everybody told up to a number. Who is given to the recipient again later, and leaves again, is told again.' })
  @ApiAnswer(200, AcknowledgedSchema, 'How many people that were')
  @ApiProblems(RECIPIENT_NOT_FOUND, DATABASE_AWAY)
  acknowledge(
    @Param('id', { schema: RecipientParam }) id: string, @Body({ schema: AcknowledgementSchema }) { upTo }: Acknowledgement, @CurrentCaller() caller: Caller,
  ): Promise<Acknowledged> {
    return this.removals.acknowledge(id, upTo, caller.subject);
  }

  @Post('exports/:id/removals/acknowledgements')
  @HttpCode(200)
  @Scopes('exports:write')
  @ApiOperation({ summary: 'The same of one export', description: 'For whoever reads the list of one export: it tells nothing of who must go from the others, which stay as they are.' })
  @ApiAnswer(200, AcknowledgedSchema, 'How many people that were')
  @ApiProblems(EXPORT_NOT_FOUND, DATABASE_AWAY)
  acknowledgeOfExport(
    @Param('id', { schema: z.uuid() }) id: string, @Body({ schema: AcknowledgementSchema }) { upTo }: Acknowledgement, @CurrentCaller() caller: Caller,
  ): Promise<Acknowledged> {
    return this.removals.acknowledgeOfExport(id, upTo, caller.subject);
  }
}

function inForm(answer: Removals, request: FastifyRequest, reply: FastifyReply): Removals | string {
  const rows = answer.removals.map(({ ref, channel, erased, noticedAt }) => [ref, channel, String(erased), noticedAt]);
  return csvAnswer(request, reply, 'removals', answer, [['ref', 'channel', 'erased', 'noticed_at'], ...rows]) ?? answer;
}
