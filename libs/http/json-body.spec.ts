import fc from 'fast-check';
import { Failure } from './failure.js';
import { parseJsonBody } from './json-body.js';

const isClean = (value: unknown): boolean => !/\\u0000|\\ud[89a-f]|__proto__|constructor/i.test(JSON.stringify(value)) && depthOf(value) <= 32;
const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

describe('a JSON body', () => {
  it('is read as JSON.parse reads it, when it is clean', () => {
    fc.assert(
      fc.property(fc.jsonValue().filter(isClean), (value) => {
        const text = JSON.stringify(value);
        expect(parseJsonBody(Buffer.from(text))).toEqual(JSON.parse(text)); // not `value`: JSON knows no negative zero
      }),
    );
  });

  it('is either read or refused by a failure, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          parseJsonBody(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }),
    );
  });

  it('points at the text that cannot be stored, by its place and not by its content', () => {
    const read = (): unknown => parseJsonBody(Buffer.from('{"a":{"b":["fine","Marker\\u0000"]},"Maija\\u0000":1,"\\uD83D\\uDE00":"fine"}'));
    expect(read).toThrow(Failure);
    try {
      read();
    } catch (error) {
      const { errors } = (error as Failure).context;
      expect(errors?.map(({ pointer, code }) => [pointer, code])).toEqual([
        ['#/a/b/1', 'unstorable-character'],
        ['#', 'unstorable-character'],
      ]);
      expect(JSON.stringify(errors)).not.toMatch(/Marker|Maija/);
    }
  });
});
