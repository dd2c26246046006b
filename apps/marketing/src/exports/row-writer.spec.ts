import fc from 'fast-check';
import { type Cell, type CellKind, cellText } from './cell-text.js';
import { RowWriter } from './row-writer.js';

/** As PostgreSQL's COPY writes a text. */
const COPIED: Readonly<Record<string, string>> = { '\\': '\\\\', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v' };
const copy = (text: string): string => text.replaceAll(/[\\\b\f\n\r\t\v]/g, (each) => COPIED[each]!);
/** As PostgreSQL writes an array. */
const array = (members: readonly string[]): string =>
  `{${members.map((each) => (/^[a-z0-9-]+$/.test(each) ? each : `"${each.replaceAll(/["\\]/g, '\\$&')}"`)).join(',')}}`;

const character = fc.oneof(fc.constantFrom(...'=+-@\t\r\n,;"\'\\{}[]:＝＋ \b\f\v\u0001aZ09Nä漢🎈'), fc.string({ unit: 'grapheme', maxLength: 1 }));
const text = fc.array(character, { maxLength: 8 }).map((parts) => Buffer.from(parts.join('').replaceAll('\0', '')).toString());
const value = fc.oneof(
  fc.record({ kind: fc.constantFrom<CellKind>('text', 'email'), given: text }),
  fc.record({ kind: fc.constant<CellKind>('phone'), given: fc.oneof(text, fc.stringMatching(/^\+[0-9]{4,15}$/)) }),
  fc.record({ kind: fc.constant<CellKind>('number'), given: fc.nat(9_999).map(String) }),
  fc.record({ kind: fc.constant<CellKind>('moment'), given: fc.constantFrom('2026-01-02 03:04:05.678+00', '2026-01-02 03:04:05+00', 'infinity', '0001-01-01 00:00:00+00 BC') }),
  fc.record({ kind: fc.constant<CellKind>('list'), given: fc.array(fc.oneof(fc.constantFrom('coffee', 'tea'), text), { maxLength: 4 }).map(array) }),
);
const cell = fc.tuple(fc.option(value, { nil: null, freq: 5 }), fc.constantFrom<Cell['form']>('csv', 'json', 'json-in-csv'));

describe('a row', () => {
  it('is written byte by byte as its cells are written one by one', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.array(cell, { minLength: 1, maxLength: 6 })), { minLength: 1, maxLength: 20 }), (rows) => {
      for (const [slot, cells] of rows) {
        const writer = new RowWriter({ cells: cells.map(([given, form], at) => ({ before: at === 0 ? '' : '|', form, kind: given?.kind ?? 'text' })), after: '\r\n' });
        const row = Buffer.from(`##${[slot, ...cells.map(([given]) => (given === null ? '\\N' : copy(given.given)))].join('\t')}\n##`);
        const expected = cells.map(([given, form]) => (given === null ? (form === 'csv' ? '' : 'null') : cellText(given.given, form, given.kind)));
        const length = writer.write(row, 2, row.length - 2);
        const written = Buffer.concat(writer.take());
        expect([writer.slot, written.length]).toEqual([slot, length]);
        expect(written.toString('utf8')).toBe(expected.includes(undefined) ? '' : `${expected.join('|')}\r\n`);
      }
    }), { numRuns: 300 });
  });

  it.each<[string, CellKind, string | undefined]>([
    ['=1+1', 'text', `'=1+1`], ['+358401234567', 'text', `'+358401234567`], ['+358401234567', 'phone', '+358401234567'], ['+358 40', 'phone', undefined],
    ['+x@example.fi', 'email', undefined], ['x@example.fi', 'email', 'x@example.fi'], ['Maija;=1', 'text', `Maija;'=1`], ['a,b', 'text', '"a,b"'], ['\t=1', 'text', `'\t'=1`],
    ['{coffee,"a b","=x"}', 'list', `coffee;a b;'=x`], ['2026-01-02 03:04:05.678+00', 'moment', '2026-01-02T03:04:05.678Z'],
  ])('with %j as %s in CSV: %j', (given, kind, expected) => {
    expect(cellText(given, 'csv', kind)).toBe(expected);
  });

  it('uses the memory of a chunk again when it is given back, and not before', () => {
    const writer = new RowWriter({ cells: [{ before: '', form: 'csv', kind: 'text' }], after: '\n' });
    const one = (content: string): Buffer => {
      const row = Buffer.from(`1\t${content}\n`);
      writer.write(row, 0, row.length);
      return writer.take()[0]!;
    };
    const [first, second] = [one('first'), one('second')];
    expect([first.toString(), second.toString()]).toEqual(['first\n', 'second\n']);
    writer.release(first);
    expect(one('third').buffer).toBe(first.buffer);
    expect(second.toString()).toBe('second\n');
  });
});
