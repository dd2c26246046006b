import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Needles } from './needles.js';
import { RowBatch } from './row-batch.js';
import { RowSearch } from './row-search.js';
import type { Sought } from './sought.js';

const REF = 'b7f5a9ce-52c5-4ad5-8d43-0f2a43bb8c11';
const SOUGHT: readonly Sought[] = [
  { caseId: 'email', values: [{ kind: 'email', text: 'aino@firma.fi' }], together: [] }, { caseId: 'short', values: [{ kind: 'email', text: 'a@b.fi' }], together: [] },
  { caseId: 'phone', values: [{ kind: 'phone', text: '+358451206627' }], together: [] }, { caseId: 'ref', values: [{ kind: 'ref', text: REF }], together: [] },
  { caseId: 'together', values: [], together: [['Li', 'Bo', 'Tie 5']] }, { caseId: 'names', values: [], together: [['Li', 'Bo']] },
];
/** As COPY writes them: values, parts of values, escapes, bytes as hex, and what is beside them. */
const piece = fc.oneof(
  fc.constantFrom('aino@firma.fi', 'AINO@FIRMA.FI', 'a@b.fi', '+358451206627', '045 120 6627', '045', '1206627', REF, REF.replaceAll('-', ''), 'Li', 'Bo', 'Tie 5', 'Tie', 'firma.fi', '\\N', '\\t', '\\n', '\\\\', '\\b'),
  fc.constantFrom('aino@firma.fi', '045-120-6627', `x${REF}`, 'Tie 5 Li Bo', 'nobody at all').map((text) => `\\\\x${Buffer.from(text).toString('hex')}`),
  fc.constantFrom('aino@firma.fi', 'nobody at all').map((text) => `\\\\x${gzipSync(text).toString('hex')}`),
  fc.stringMatching(/^[a-z #,.\d-]{0,12}$/),
);
const row = fc.tuple(fc.array(fc.array(piece, { maxLength: 4 }), { minLength: 1, maxLength: 5 }), fc.constantFrom(0, 0, 0, 0, 3, 30_000, 65_536))
  .map(([fields, more]) => Buffer.from(`${'#'.repeat(more)}${fields.map((pieces) => pieces.join('')).join('\t')}\n`));

describe('rows in batches', () => {
  it('have the same found in them as one by one', async () => {
    const needles = await Needles.of(SOUGHT);
    fc.assert(fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
      const [alone, batched] = [new RowSearch(needles, new Map()), new RowSearch(needles, new Map())];
      for (const each of rows) alone.take(each);
      const batch = new RowBatch(needles, (each) => { batched.take(each); });
      for (const each of rows) batch.take(Buffer.from(each).fill(each));
      batch.flush();
      expect(batched.tally.findings(needles, 's', 'p')).toEqual(alone.tally.findings(needles, 's', 'p'));
    }), { numRuns: 500 });
  }, 60_000);

  it('are passed on as they came, only those that may hold something', async () => {
    const passed: string[] = [];
    const batch = new RowBatch(await Needles.of(SOUGHT), (each) => { passed.push(each.toString()); });
    const rows = Array.from({ length: 5_000 }, (_, n) => (n % 100 === 7 ? `${n}\\t\taino@firma.fi\n` : n % 100 === 8 ? `${n}\t\\\\x${Buffer.from('a@b.fi').toString('hex')}\n` : `${n}\tsomebody.else${n}@firma.fi\n`));
    for (const each of rows) batch.take(Buffer.from(each));
    batch.flush();
    expect(passed).toEqual(rows.filter((_, n) => [7, 8].includes(n % 100)));
  });

  it('find values of any length wherever they stand', async () => {
    for (let length = 1; length <= 14; length += 1) {
      const text = 'abcdefghijklmn'.slice(0, length);
      const needles = await Needles.of([{ caseId: 'x', values: [], together: [[text]] }]);
      for (let before = 0; before < 9; before += 1) {
        for (const after of [0, 1, 2, 3, 9]) {
          const search = new RowSearch(needles, new Map());
          search.take(Buffer.from(`${'#'.repeat(before)}${text}${'#'.repeat(after)}\n`));
          expect([length, before, after, search.tally.isEmpty]).toEqual([length, before, after, false]);
        }
      }
    }
  });
});
