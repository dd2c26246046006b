import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import { runStatement } from '#database/statement.js';
import { JsonLogger } from '#http/logger.js';
import { Metrics } from '#http/metrics.js';
import { finnishDay } from './due-date.js';
import { COUNT_LATE } from './requests.sql.js';

/** `requests_late`: requests that are not closed although their due date has passed. Counted when the metrics are asked for. */
@Injectable()
export class RequestsMetrics {
  constructor(metrics: Metrics, dataSource: DataSource, logger: JsonLogger) {
    const gauge: Gauge = new Gauge({
      name: 'requests_late',
      help: 'Requests of data subjects that are open after their due date',
      registers: [metrics.registry],
      async collect() {
        try {
          const [row] = await runStatement<{ late: number }>(dataSource, COUNT_LATE, [finnishDay(new Date())]);
          gauge.set(row?.late ?? Number.NaN);
        } catch (error) {
          // The other metrics are needed most when the database is away.
          gauge.set(Number.NaN);
          logger.failure('requests-count-failed', error);
        }
      },
    });
  }
}
