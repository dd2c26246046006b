import { QueryRunnerAlreadyReleasedError } from 'typeorm';
import { isAway, isDataError, isPassing } from './database-errors.js';

const coded = (code: string): Error => Object.assign(new Error('x'), { code });
const wrapped = (code: string): Error => Object.assign(new Error('x'), { driverError: { code } });

describe('an error of the database', () => {
  it.each([
    ['the server stops', wrapped('57P01')], ['the server starts', coded('57P03')], ['nobody listens', coded('ECONNREFUSED')],
    ['a connection is lost', new Error('Connection terminated unexpectedly')], ['there is no room', wrapped('53300')],
    ['a connection broke within a transaction', new QueryRunnerAlreadyReleasedError()],
  ])('means that it is away when %s', (_what, error) => {
    expect([isAway(error), isDataError(error), isPassing(error)]).toEqual([true, false, false]);
  });

  it.each([['a value out of range', wrapped('22003')], ['a broken check', wrapped('23514')], ['code that stumbles', new TypeError('x')]])('means that the data is at fault for %s', (_what, error) => {
    expect([isAway(error), isDataError(error), isPassing(error)]).toEqual([false, true, false]);
  });

  it.each([['a deadlock', wrapped('40P01')], ['a failed serialisation', coded('40001')]])('means to try again after %s', (_what, error) => {
    expect([isAway(error), isDataError(error), isPassing(error)]).toEqual([false, false, true]);
  });

  it('means none of these when nothing is known', () => {
    const error = new Error('boom');
    expect([isAway(error), isDataError(error), isPassing(error)]).toEqual([false, false, false]);
  });
});
