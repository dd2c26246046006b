import fc from 'fast-check';
import { Needles, TOGETHER_WITHIN } from './needles.js';
import type { Sought } from './sought.js';
import { bytesOf, spellingsOf, spellingsOfText } from './spellings.js';
import { StreamSearch } from './stream-search.js';

const aino: Sought = {
  caseId: 'aino',
  values: [
    { kind: 'email', text: 'aino.virtanen@example.fi' }, { kind: 'phone', text: '+358451206627' },
    { kind: 'customer-id', text: '01940000-0000-7000-8000-00000000ab01' }, { kind: 'ref', text: 'b7f5a9ce-52c5-4ad5-8d43-0f2a43bb8c11' },
  ],
  together: [['Aino', 'Virtanen', 'Mäkitie 5 A "2"']],
};

/** Cases found in the text and in how many lines; the text comes in chunks of `size` bytes, and about `buffered` are searched at once. */
function linesFound(needles: Needles, text: Buffer | string, size = 1 << 20, buffered?: number): Record<string, number> {
  const bytes = Buffer.from(text);
  const search = new StreamSearch(needles, buffered);
  for (let from = 0; from < bytes.length; from += size) search.take(bytes.subarray(from, from + size));
  search.end();
  return Object.fromEntries(search.tally.findings(needles, 's', 'p').map(({ caseId, count }) => [caseId, count]));
}

describe('what is found', () => {
  let needles: Needles;
  const finds = (text: Buffer | string): boolean => linesFound(needles, text)['aino'] !== undefined;

  beforeAll(async () => { needles = await Needles.of([aino]); });

  it.each([
    ['an address', 'x aino.virtanen@example.fi y'], ['in capitals', 'AINO.VIRTANEN@EXAMPLE.FI'], ['in a query', '?email=aino.virtanen%40example.fi&x'],
    ['in a form after a space', 'q=to+aino.virtanen%40example.fi'], ['at the end of a sentence', 'Wrote to aino.virtanen@example.fi.'], ['in JSON in JSON', '"{\\"email\\":\\"aino.virtanen@example.fi\\"}"'],
    ['after an escaped newline', '"a\\naino.virtanen@example.fi"'], ['after an encoded space', 'to%20aino.virtanen%40example.fi'],
    ['after a length byte that looks like a letter', Buffer.concat([Buffer.from([0, 0, 0, 0x61]), Buffer.from('aino.virtanen@example.fi')])],
    ['before a tag of a binary format', Buffer.concat([Buffer.from('aino.virtanen@example.fi'), Buffer.from([0x6d, 0, 0, 0, 3])])],
    ['before two of them', Buffer.from('aino.virtanen@example.fijm\0\0\0\x01')],
    ['a number', '+358451206627'], ['encoded', 'phone=%2B358451206627'], ['with 00', 'tel:00358451206627'], ['as dialled', ',0451206627,'],
    ['a number in groups', 'p. 045 120 6627'], ['with a dash', '045-1206627'], ['with two', '(045-120-6627)'], ['abroad in groups', '+358 45 120 6627.'], ['with a zero in brackets', '+358 (0)45 120 6627'], ['with the zero and no space', '+358(0)451206627'],
    ['dialled in groups', '00358 45 1206627'], ['in pairs', '045 12 06 627'], ['with no-break spaces', '045\u00a0120\u00a06627'], ['with dashes of print', '045\u2013120 6627'], ['after other digits', '04300 045 120 6627'],
    ['with points', '045.120.6627'], ['with a slash', '045/1206627'], ['in groups of a form', 'q=045+120+6627&x'], ['in groups percent-encoded', 'q=%2B358%2045%20120%206627'], ['with an escaped plus', '"\\u002b358451206627"'],
    ['with a sign as quoted-printable writes it', 'To: aino.virtanen=40example.fi'], ['as HTML does', '<p>aino.virtanen&#64;example.fi</p>'], ['by its name', 'aino.virtanen&commat;example.fi'],
    ['with an escaped sign', '"aino.virtanen\\u0040example.fi"'], ['with all signs percent-encoded', 'to=aino%2Evirtanen%40example%2Efi'],
    ['an id', '/v1/customers/01940000-0000-7000-8000-00000000ab01'], ['an id in capitals', '01940000-0000-7000-8000-00000000AB01'], ['an id without dashes', 'x0194000000007000800000000000ab01x'],
    ['a reference', 'b7f5a9ce-52c5-4ad5-8d43-0f2a43bb8c11'],
    ['name and street', 'Virtanen,Aino,"Mäkitie 5 A ""2""",04300'], ['in capitals of all letters', 'AINO VIRTANEN MÄKITIE 5 A "2"'], ['with combining marks', 'Aino Virtanen Ma\u0308kitie 5 A "2"'],
    ['in Latin-1', Buffer.from('Virtanen;Aino;Mäkitie 5 A "2"', 'latin1')], ['in capitals of Latin-1', Buffer.from('AINO VIRTANEN MÄKITIE 5 A "2"', 'latin1')],
    ['a number without its zero and her first name', 'Aino;451206627;Tuusula'], ['and her last name', '{"n":"VIRTANEN","phone":451206627}'], ['and her street', 'Mäkitie 5 A "2"\t451206627'], ['and her street in Latin-1', Buffer.from('Mäkitie 5 A "2"\t451206627', 'latin1')],
    ['as JSON', '{"street":"Mäkitie 5 A \\"2\\"","lastName":"Virtanen","firstName":"Aino"}'], ['as JSON of ASCII', '{"street":"M\\u00e4kitie 5 A \\"2\\"","n":"Aino Virtanen"}'],
    ['as a form', 'street=M%C3%A4kitie+5+A+%222%22&first=Aino&last=Virtanen'], ['percent-encoded', 'Aino%20Virtanen%20M%C3%A4kitie%205%20A%20%222%22'],
  ])('%s', (_, text) => expect(finds(text)).toBe(true));

  it.each([
    ['a longer mailbox', 'maino.virtanen@example.fi'], ['another mailbox of hers', 'shop.aino.virtanen@example.fi'], ['a mailbox with a tag', 'x+aino.virtanen@example.fi'],
    ['a longer domain', 'aino.virtanen@example.fit'], ['a domain below', 'aino.virtanen@example.fi.example.com'], ['a domain with a dash', 'aino.virtanen@example.fi-shop.com'],
    ['a longer number', '+3584512066270'], ['digits of a number', '1358451206627'], ['decimals', '0.0451206627'], ['digits of a hash', 'a0451206627'],
    ['a longer number in groups', '045 120 66270'], ['a number amid one in groups', '1045 120 6627'], ['digits of an id', 'b7f5a9ce-0451-2066-27aa-0f2a43bb8c11'], ['another number in groups', '045 120 6628'], ['two lines of digits', '045\n1206627'], ['two fields of digits', '045,1206627'],
    ['a number without its zero that nothing says is hers', 'Eino;451206627;Tuusula'], ['one of another line', 'Aino\n451206627'], ['a part of one', 'Aino 4512066271'], ['decimals beside a name', 'Aino 60.451206627'],
    ['another street in Latin-1', Buffer.from('Virtanen;Aino;Mökitie 5 A "2"', 'latin1')],
    ['another id', '01940000-0000-7000-8000-00000000ab02'], ['a name alone', 'Aino Virtanen'], ['street and one name', 'Aino Korhonen Mäkitie 5 A "2"'],
    ['another house', 'Aino Virtanen Mäkitie 5 A "2"b'], ['another first name', 'Ainokki Virtanen Mäkitie 5 A "2"'], ['two lines', 'Aino Virtanen\nMäkitie 5 A "2"'],
  ])('not %s', (_, text) => expect(finds(text)).toBe(false));

  it('counts lines, not occurrences', () => {
    const line = 'aino.virtanen@example.fi +358451206627 aino.virtanen@example.fi\n';
    for (const size of [1, 7, 64, 1 << 20]) expect(linesFound(needles, `${line}nothing\n\n${line}${line}`, size)).toEqual({ aino: 3 });
  });

  it('counts a line once that is longer than what is kept of it', () => {
    const long = 'aino.virtanen@example.fi '.repeat(20_000);
    for (const buffered of [1 << 13, 1 << 18]) expect(linesFound(needles, `${long}\n${long}`, 1 << 16, buffered)).toEqual({ aino: 2 });
  });

  it('knows the neighbours of a value although a long line is cut between them', () => {
    const BUFFERED = 4_096;
    const [glued, alone] = ['saino.virtanen@example.fi aino.virtanen@example.fit', ' aino.virtanen@example.fi '];
    for (const around of [BUFFERED, BUFFERED + 2 * TOGETHER_WITHIN + needles.longest]) {
      for (let before = around - 60; before < around + 30; before += 1) {
        const [start, end] = ['#'.repeat(before), '#'.repeat(40_000)];
        expect([before, linesFound(needles, `${start}${glued}${end}`, 1 << 20, BUFFERED)]).toEqual([before, {}]);
        expect([before, linesFound(needles, `${start}${alone}${end}`, 1 << 20, BUFFERED)]).toEqual([before, { aino: 1 }]);
      }
    }
  }, 60_000);

  it('tells cases apart that share a value', async () => {
    const both = await Needles.of([{ ...aino, caseId: 'one' }, { ...aino, caseId: 'two' }]);
    expect(linesFound(both, '"Aino","Virtanen","Mäkitie 5 A \\"2\\"" +358451206627')).toEqual({ one: 1, two: 1 });
  });

  it('shows no value when it is written out', () => {
    expect(JSON.stringify(linesFound(needles, 'aino.virtanen@example.fi'))).not.toMatch(/virtanen|example/);
  });
});

const hex = fc.stringMatching(/^[0-9a-f]{8}$/);
const uuid = fc.tuple(hex, hex, hex, hex).map(([a, b, c, d]) => `${a}-${b.slice(0, 4)}-${b.slice(4)}-${c.slice(0, 4)}-${c.slice(4)}${d}`);
const street = fc.tuple(fc.constantFrom('Mäkitie', 'Kotikatu', 'O\'Brienin kuja', 'Äyräpää "B"', 'Tie'), fc.integer({ min: 1, max: 99 })).map(([name, number]) => `${name} ${number}`);
const person = fc.record({
  caseId: uuid,
  values: fc.tuple(
    fc.tuple(fc.stringMatching(/^[a-z]{1,12}(\+[a-z]{2})?$/), fc.constantFrom('example.fi', 'x.fi', 'posti.example')).map(([box, domain]) => ({ kind: 'email' as const, text: `${box}@${domain}` })),
    fc.integer({ min: 400_000_000, max: 509_999_999 }).map((number) => ({ kind: 'phone' as const, text: `+358${number}` })),
    uuid.map((text) => ({ kind: 'customer-id' as const, text })),
    uuid.map((text) => ({ kind: 'ref' as const, text })),
  ),
  together: fc.tuple(fc.constantFrom('Aino', 'Li', 'Åsa'), fc.constantFrom('Virtanen', 'Öst', 'Bo'), street).map((group) => [group]),
});
/** Text that holds none of the values: its letters occur in none. */
const filler = fc.tuple(fc.constantFrom('#', '; ', '|~', '\u20ac', '\0\0\0\t'), fc.nat(40_000)).map(([unit, length]) => unit.repeat(length / unit.length));

describe('no spelling of a value is missed', () => {
  it('wherever it stands, and however the bytes are cut', async () => {
    await fc.assert(fc.asyncProperty(fc.array(person, { minLength: 1, maxLength: 4 }), fc.array(filler, { minLength: 1, maxLength: 3 }), fc.integer({ min: 100, max: 70_000 }), fc.integer({ min: 4_000, max: 30_000 }), fc.nat(), async (people, fillers, size, buffered, pick) => {
      const needles = await Needles.of(people);
      const one = people[pick % people.length]!;
      const [first, last, where] = one.together[0] as [string, string, string];
      const spellings = [
        ...one.values.flatMap(({ kind, text }) => spellingsOf(kind, text).map(bytesOf)),
        ...spellingsOfText(where).map((spelling) => Buffer.concat([Buffer.from(`${last}${';'.repeat(1 + (pick % 8_000))}`), bytesOf(spelling), Buffer.from(`;${first}`)])),
      ];
      for (const spelling of spellings.filter((_, index) => (index + pick) % 3 === 0)) {
        const text = Buffer.concat([Buffer.from(`${fillers[0]};`), spelling, Buffer.from(`;${fillers.at(-1)}`)]);
        expect(Object.keys(linesFound(needles, text, size, buffered))).toContain(one.caseId);
      }
    }), { numRuns: 300 });
  }, 60_000);

  it('and of people who are not there nothing is found', async () => {
    await fc.assert(fc.asyncProperty(fc.array(person, { minLength: 1, maxLength: 20 }), fc.array(person, { minLength: 1, maxLength: 20 }), async (erased, living) => {
      const texts = living.map(({ values, together }) => [...values.map(({ text }) => text), together.flat().join('|')].join('\n'));
      const expected = erased.filter((one) => living.some((other) =>
        one.values.some(({ text }, index) => other.values[index]!.text === text) || String(one.together) === String(other.together)));
      expect(Object.keys(linesFound(await Needles.of(erased), texts.join('\n'))).sort()).toEqual([...new Set(expected.map(({ caseId }) => caseId))].sort());
    }), { numRuns: 200 });
  }, 60_000);
});
