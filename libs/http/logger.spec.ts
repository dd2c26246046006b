import { Writable } from 'node:stream';
import { JsonLogger, type LogFields } from './logger.js';

function recorded(write: (logger: JsonLogger) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  write(new JsonLogger('test', 'trace', sink));
  return lines.map((line) => {
    const { time: _time, level: _level, ...rest } = JSON.parse(line) as Record<string, unknown>;
    return rest;
  });
}

describe('the log', () => {
  it('tells the fields of the list and no others', () => {
    const fields = { route: '/v1/customers/:id', status: 200, email: 'maija@example.fi' } as LogFields;
    expect(recorded((logger) => logger.event('request', fields))).toEqual([{ service: 'test', msg: 'request', route: '/v1/customers/:id', status: 200 }]);
  });

  it('leaves out a value that could hold an address or a name with umlauts', () => {
    expect(recorded((logger) => logger.event('x', { code: 'maija@example.fi', reason: 'Äiti', queue: 'a\nb' }))).toEqual([{ service: 'test', msg: 'x' }]);
  });

  it('tells name and code of an error, never its text or stack', () => {
    const error = Object.assign(new TypeError('duplicate key (email)=(maija)'), { code: '23505', detail: 'maija', parameters: ['maija'] });
    expect(recorded((logger) => logger.failure('query-failed', error))).toEqual([{ service: 'test', msg: 'query-failed', error: 'TypeError', code: '23505' }]);
  });

  it('withholds what libraries say, save what the framework says of its boot', () => {
    const lines = recorded((logger) => {
      logger.error(new Error('maija'), 'stack of maija', 'ExceptionsHandler');
      logger.error('insert of maija failed', 'stack', 'SomeService');
      logger.warn('maija');
      logger.log('Nest application successfully started', 'NestApplication');
    });
    expect(lines).toEqual([
      { service: 'test', msg: 'text withheld', error: 'Error', context: 'ExceptionsHandler' },
      { service: 'test', msg: 'text withheld', context: 'SomeService' },
      { service: 'test', msg: 'text withheld' },
      { service: 'test', msg: 'Nest application successfully started', context: 'NestApplication' },
    ]);
  });
});
