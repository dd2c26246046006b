import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Metrics } from '#http/metrics.js';
import { AudienceIndex, type IndexState } from './audience-index.service.js';

/** What the operator sees of the index of this process. */
@Injectable()
export class IndexMetrics {
  constructor(metrics: Metrics, index: AudienceIndex) {
    const gauge = (name: string, help: string, value: (state: IndexState) => number): void => {
      new Gauge({ name, help, registers: [metrics.registry], collect(this: Gauge) { this.set(value(index.state())); } });
    };
    gauge('lupa_index_ready', '1 when counts come from memory, 0 while they come from the table', ({ isReady }) => Number(isReady));
    gauge('lupa_index_version', 'Version of the contacts that the index is of', ({ version }) => version);
    gauge('lupa_index_contacts', 'Contacts in the index', ({ contacts }) => contacts);
    gauge('lupa_index_bytes', 'Memory of the index outside of the heap', ({ bytes }) => bytes);
  }
}
