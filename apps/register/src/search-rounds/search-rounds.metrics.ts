import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import { runStatement, type Statement } from '#database/statement.js';
import { JsonLogger } from '#http/logger.js';
import { Metrics } from '#http/metrics.js';
import { COUNT_FOUND, COUNT_OPEN, OLDEST_UNANSWERED } from './search-rounds.sql.js';

/**
 * `erasures_open`: cases that are not closed; `erasures_found`: those of them that a search has kept open; `erasure_unanswered_seconds`: how long
 * marketing has owed an answer. Counted when the metrics are asked for.
 */
@Injectable()
export class SearchRoundsMetrics {
  constructor(metrics: Metrics, dataSource: DataSource, logger: JsonLogger) {
    const counted = (name: string, help: string, statement: Statement): Gauge => new Gauge({
      name, help, registers: [metrics.registry],
      async collect() {
        try {
          const [row] = await runStatement<{ count: number }>(dataSource, statement, []);
          this.set(row?.count ?? Number.NaN);
        } catch (error) {
          // The other metrics are needed most when the database is away.
          this.set(Number.NaN);
          logger.failure('erasures-count-failed', error);
        }
      },
    });
    counted('erasures_open', 'Erasures that are not closed: not answered, not searched for yet, or found', COUNT_OPEN);
    counted('erasures_found', 'Erasures of which the last search found something, or could not search everything', COUNT_FOUND);
    counted('erasure_unanswered_seconds', 'Seconds since the oldest erasure that marketing has not answered; 0 when there is none', OLDEST_UNANSWERED);
  }
}
