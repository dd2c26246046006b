import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Metrics } from '#http/metrics.js';

/** What an operator watches of the link to marketing. */
@Injectable()
export class SyncMetrics {
  private readonly pending: Gauge;
  private readonly oldest: Gauge;
  private readonly answered: Counter;
  private readonly closed: Counter;

  constructor(metrics: Metrics) {
    const registers = [metrics.registry];
    this.pending = new Gauge({ name: 'lupa_pending_changes', help: 'Customers with a change that marketing has not answered', registers });
    this.oldest = new Gauge({ name: 'lupa_oldest_pending_seconds', help: 'Age of the oldest change that marketing has not answered', registers });
    this.answered = new Counter({ name: 'lupa_answers_total', help: 'Changes that marketing has answered', registers });
    this.closed = new Counter({ name: 'lupa_erasures_closed_total', help: 'Erasure cases that marketing has answered', registers });
  }

  observe(pending: number, oldestMs: number): void {
    this.pending.set(pending);
    this.oldest.set(Math.max(0, oldestMs) / 1_000);
  }

  countAnswers(cleared: number, closed: number): void {
    this.answered.inc(cleared);
    this.closed.inc(closed);
  }
}
