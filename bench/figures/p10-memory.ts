import { peakMemoryOf } from '../support/child.js';
import { type Row, row } from '../support/figure.js';

/** The most memory each service had during the figures that were measured; no row for one that did not run. */
export function memoryRows(): Row[] {
  return ['register', 'marketing'].flatMap((name) => {
    const peak = peakMemoryOf(name);
    const id = name === 'register' ? 'P10' : `P10-${name}`;
    return peak === undefined ? [] : [row({ id, what: `resident memory of ${name} at its highest`, lupa: peak, unit: 'MB' }, '≤ 200 MB', ({ lupa }) => lupa <= 200)];
  });
}
