import { parse } from 'csv-parse/sync';
import { cellText } from './cell-text.js';

/** Cells as a spreadsheet shows them that splits at semicolons, to which the commas and what they quote are text: quotes count at the beginning of a cell only. */
function splitAtSemicolons(line: string): string[] {
  return line.split(/[;\r\n]/).map((cell) => (cell.startsWith('"') ? cell.replace(/^"([^"]*)"/, '$1') : cell));
}

describe('a cell where a spreadsheet splits at semicolons', () => {
  it.each([
    'a;=1+1', 'a; =1+1', 'a;"=1+1;b', 'a;""=1+1;b', 'a; " =1+1', `a\n=cmd|' /C calc'!A0;b`, 'a\r\n+1', 'a\r@SUM(A1)', 'a;\n"-1',
  ])('%j is no formula, and nothing else has changed', (value) => {
    const written = cellText(value, 'csv', 'text')!;
    for (const cell of splitAtSemicolons(`x,${written},y`)) expect(cell.trim()).not.toMatch(/^[=+\-@]/);
    const [[read]] = parse(`${written}\r\n`, { relax_quotes: true, record_delimiter: '\r\n' }) as [[string]];
    expect(read.replaceAll('\'', '')).toBe(value.replaceAll('\'', ''));
  });
});
