import { type Figure, row } from '../support/figure.js';
import { populate } from '../support/kept-population.js';
import { significant } from '../support/statistics.js';

/** How fast marketing is filled from nothing: the operator tells the register to tell everything, the rest happens by itself. */
export const rebuildFigure: Figure = {
  ids: ['P8'],
  title: 'filling marketing from nothing',
  async measure(bench) {
    const { people, seconds, perSecond, cost, fresh } = await populate(bench, bench.size, bench.progress);
    bench.remark(`P8: ${people.toLocaleString('en')} people in ${significant(seconds)} s${fresh ? '' : ', measured when the kept people were loaded'}; `
      + `processor time of one: register ${Math.round(cost.register)} + marketing ${Math.round(cost.marketing)} + PostgreSQL ${Math.round(cost.postgres)} µs`);
    return [row({ id: 'P8', what: 'marketing filled from nothing, all opted in', lupa: perSecond, unit: '/s' }, '≥ 5,000/s', ({ lupa }) => lupa >= 5_000)];
  },
};
