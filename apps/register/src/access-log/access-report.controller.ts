import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { OwnCustomer, Scopes } from '#auth/access.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import { CUSTOMER_NOT_FOUND } from '../customers/customer.errors.js';
import type { Reading } from './access-log.js';
import { type ListReads, ListReadsSchema, type ReadsPage, ReadsPageSchema, type Report, type ReportQuery, ReportQuerySchema, ReportSchema } from './access-report.schemas.js';
import { AccessReport } from './access-report.service.js';
import { ApiRead } from './api-read.decorator.js';
import { CurrentReading } from './reading.decorator.js';

const IdSchema = z.uuid();

@ApiTags('access log')
@Controller('v1')
export class AccessReportController {
  constructor(private readonly reports: AccessReport) {}

  @Get('access-log/report')
  @Scopes('access-log:read')
  @ApiOperation({
    summary: 'Who read the most, and who read outside their cases',
    description: 'By program and member of staff: reads, persons, purposes; of staff also reads of persons without a request open and assigned to the reader then, and reads outside working hours.',
  })
  @ApiAnswer(200, ReportSchema, 'The days asked for, in Finland')
  report(@Query({ schema: ReportQuerySchema }) query: ReportQuery): Promise<Report> {
    return this.reports.report(query);
  }

  @Get('customers/:id/reads')
  @Scopes('access-log:read')
  @OwnCustomer('id')
  @ApiOperation({ summary: 'Who read the data of a person', description: 'When, which fields and for what. The person is told the role of staff, not the name (CJEU C-579/21).' })
  @ApiAnswer(200, ReadsPageSchema, 'The newest first')
  @ApiProblems(CUSTOMER_NOT_FOUND)
  @ApiRead()
  reads(
    @Param('id', { schema: IdSchema }) id: string, @Query({ schema: ListReadsSchema }) query: ListReads, @CurrentReading() reading: Reading,
  ): Promise<ReadsPage> {
    return this.reports.readsOf(id, query, reading);
  }
}
