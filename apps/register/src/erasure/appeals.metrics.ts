import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import { runStatement } from '#database/statement.js';
import { JsonLogger } from '#http/logger.js';
import { Metrics } from '#http/metrics.js';
import { finnishDay } from '../requests/due-date.js';
import { COUNT_LATE_APPEALS } from './erasure-cases.sql.js';

/** `erasure_appeals_late`: appeals that nobody has decided although their due date has passed. Counted when the metrics are asked for. */
@Injectable()
export class AppealsMetrics {
  constructor(metrics: Metrics, dataSource: DataSource, logger: JsonLogger) {
    const gauge: Gauge = new Gauge({
      name: 'erasure_appeals_late',
      help: 'Appeals against an erasure for abuse that are undecided after their due date',
      registers: [metrics.registry],
      async collect() {
        try {
          const [row] = await runStatement<{ late: number }>(dataSource, COUNT_LATE_APPEALS, [finnishDay(new Date())]);
          gauge.set(row?.late ?? Number.NaN);
        } catch (error) {
          gauge.set(Number.NaN);
          logger.failure('appeals-count-failed', error);
        }
      },
    });
  }
}
