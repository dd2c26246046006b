import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import { runStatement } from '#database/statement.js';
import { JsonLogger } from '#http/logger.js';
import { Metrics } from '#http/metrics.js';
import { COUNT_UNCLOSED } from './search-rounds.sql.js';

/** `erasures_open`: cases without a certificate; `erasures_found`: those of them that a search has kept open. Counted when the metrics are asked for. */
@Injectable()
export class SearchRoundsMetrics {
  constructor(metrics: Metrics, dataSource: DataSource, logger: JsonLogger) {
    const registers = [metrics.registry];
    const found: Gauge = new Gauge({ name: 'erasures_found', help: 'Erasures of which the last search found something, or could not search everything', registers });
    const open: Gauge = new Gauge({
      name: 'erasures_open',
      help: 'Erasures that are not closed: not answered, not searched for yet, or found',
      registers,
      async collect() {
        try {
          const [row] = await runStatement<{ open: number; found: number }>(dataSource, COUNT_UNCLOSED, []);
          open.set(row?.open ?? Number.NaN);
          found.set(row?.found ?? Number.NaN);
        } catch (error) {
          // The other metrics are needed most when the database is away.
          open.set(Number.NaN);
          found.set(Number.NaN);
          logger.failure('erasures-count-failed', error);
        }
      },
    });
  }
}
