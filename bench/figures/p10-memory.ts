import { memoryAtRestOf, peakMemoryOf } from '../support/child.js';
import { type Row, row } from '../support/figure.js';

/** The most memory each service had during the figures that were measured, and what it held at rest; no row for one that did not run. */
export function memoryRows(): Row[] {
  return ['register', 'marketing'].flatMap((name) => {
    const id = name === 'register' ? 'P10' : `P10-${name}`;
    const judged = (suffix: string, what: string, held: number | undefined): Row[] =>
      (held === undefined ? [] : [row({ id: id + suffix, what, lupa: held, unit: 'MB' }, '≤ 200 MB', ({ lupa }) => lupa <= 200)]);
    return [
      ...judged('', `resident memory of ${name} at its highest`, peakMemoryOf(name)),
      ...judged('-rest', `resident memory of ${name} at rest, everybody loaded`, memoryAtRestOf(name)),
    ];
  });
}
