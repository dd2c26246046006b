import { jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { type Channel, CHANNELS } from '#contracts/channel.js';
import { clauseOf, SINCE } from '#marketing/audience/clause.js';
import { resolveFilter } from '#marketing/audience/resolve-filter.js';
import { channelsOf, PRESET_IDS, type PresetId } from '#marketing/exports/presets.js';
import { filter } from '#test/support/audience-generators.js';
import { ContactHistory } from '#test/support/contact-history.js';
import { seeded } from '#test/support/seeded.js';
import { Exporting, someId } from './exporting.js';

jest.setTimeout(120_000);

const SEED = Number(process.env['LUPA_SEED'] ?? Date.now() % 2_147_483_647);

type Row = Record<string, string | number | string[] | Date | null>;
type Cells = Record<string, unknown>;

/** What a spreadsheet may take for a formula gets an apostrophe; told a second time, for cells as they are re-read. */
const harmless = (value: Row[string] | undefined): string => {
  const text = typeof value === 'string' ? value : '';
  const inner = text.replace(/([;\t\r\n][\s"]*)([=+\-@＝＋－＠])/g, '$1\'$2');
  return /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${inner}` : inner;
};

const reachOf = (row: Row, channel: Channel): Cells => {
  if (channel === 'email') return { email: row['email'] };
  if (channel === 'post') return { street: harmless(row['street_address']), postal_code: harmless(row['postal_code']), city: harmless(row['city']), country: harmless(row['country']) };
  return { phone: row['phone'] };
};
const names = (row: Row, first: string, last: string): Cells => ({ [first]: harmless(row['first_name']), [last]: harmless(row['last_name']) });
const language = (row: Row): Cells => ({ Language: harmless(row['language']) });

/** Rows as each tool's importer sees them, from rows of the table. */
const EXPECTED: Record<Exclude<PresetId, 'ndjson'>, (row: Row, channel: Channel) => Cells> = {
  mailchimp: (row) => ({ 'Email Address': row['email'], ...names(row, 'First Name', 'Last Name'), ...language(row), 'External ID': row['ref'] }),
  klaviyo: (row, channel) => ({ ...(channel === 'email' ? { Email: row['email'] } : { 'Phone Number': row['phone'] }), ...names(row, 'First Name', 'Last Name'), ...language(row), 'External ID': row['ref'] }),
  brevo: (row, channel) => ({ ...(channel === 'email' ? { EMAIL: row['email'] } : { [channel === 'sms' ? 'SMS' : 'LANDLINE_NUMBER']: row['phone'] }), ...names(row, 'FIRSTNAME', 'LASTNAME'), EXT_ID: row['ref'] }),
  hubspot: (row, channel) => ({ ...(channel === 'email' ? { Email: row['email'] } : { 'Phone Number': row['phone'] }), ...names(row, 'First Name', 'Last Name'), 'External ID': row['ref'] }),
  listmonk: (row) => ({
    email: row['email'], name: harmless([row['first_name'], row['last_name']].filter((each) => each !== null).join(' ')),
    attributes: { ref: row['ref'], language: row['language'], interests: row['interests'] },
  }),
  csv: (row, channel) => ({
    ref: row['ref'], ...reachOf(row, channel), first_name: harmless(row['first_name']), last_name: harmless(row['last_name']), language: harmless(row['language']),
    birth_year: row['birth_year'] === null ? '' : String(row['birth_year']), occupation: harmless(row['occupation']), interests: harmless((row['interests'] as string[]).join(';')),
    granted_at: row['granted_at'],
  }),
};

const asJson = (row: Row, channel: Channel): Cells => ({
  ref: row['ref'],
  ...(channel === 'email' ? { email: row['email'] } : channel === 'post'
    ? { street: row['street_address'], postalCode: row['postal_code'], city: row['city'], country: row['country'] } : { phone: row['phone'] }),
  firstName: row['first_name'], lastName: row['last_name'], language: row['language'], birthYear: row['birth_year'], occupation: row['occupation'],
  interests: row['interests'], grantedAt: row['granted_at'],
});

const read = (content: Buffer): Cells[] => parse(content, { columns: true, bom: true, skip_empty_lines: false });

describe(`exports, with seed ${SEED}`, () => {
  let exporting: Exporting;

  beforeAll(async () => {
    // Blocks smaller than the people, so that their seams are met.
    exporting = await Exporting.prepare('exports', { blockSlots: 32 });
    await new ContactHistory(seeded(SEED), 150, false).storeAll(exporting.marketing.database);
  });
  afterAll(() => exporting.close());

  /** By plain SQL. */
  const expectedRows = (channel: Channel, given: object): Promise<Row[]> => {
    const { text, values } = clauseOf(channel, resolveFilter(given, { channel, now: new Date() }));
    return exporting.marketing.database.query<Row[]>(
      `SELECT ref, email, phone, first_name, last_name, language, birth_year, occupation, interests, street_address, postal_code, city, country,
              replace(replace(${SINCE[channel]}::text, ' ', 'T'), '+00', 'Z') AS granted_at
         FROM contact WHERE ${text} ORDER BY slot`, [...values]);
  };

  const take = async (preset: PresetId, channel: Channel, given: object, wish: object = {}): Promise<Buffer> => {
    const id = await exporting.request({ preset, channel, filter: given, ...wish });
    const { status, content, isWhole } = await exporting.take(id);
    const look = await exporting.look(id);
    expect({ status, isWhole, ...look }).toMatchObject({ status: 200, isWhole: true });
    expect(look).toMatchObject({ state: 'delivered', bytes: content.length, sha256: createHash('sha256').update(content).digest('hex'), handovers: 1, leftOut: 0 });
    return content;
  };

  const cases = fc.constantFrom(...PRESET_IDS).chain((preset) => fc.tuple(fc.constant(preset), fc.constantFrom(...channelsOf(preset)), filter, fc.boolean()));

  it('hold exactly the people that plain SQL finds, as the importer of the tool reads them', async () => {
    let rows = 0;
    await fc.assert(fc.asyncProperty(cases, async ([preset, channel, given, bom]) => {
      const expected = await expectedRows(channel, given);
      rows += expected.length;
      const content = await take(preset, channel, given, bom && preset !== 'ndjson' ? { bom } : {});
      if (preset === 'ndjson') {
        expect(content.toString('utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Cells)).toEqual(expected.map((row) => asJson(row, channel)));
        return;
      }
      expect(content.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))).toBe(bom);
      const cells = read(content).map((row) => ('attributes' in row ? { ...row, attributes: JSON.parse(String(row['attributes'])) as unknown } : row));
      expect(cells).toEqual(expected.map((row) => EXPECTED[preset](row, channel)));
    }), { numRuns: 60, seed: SEED });
    expect(rows).toBeGreaterThan(100);
  });

  it.each(PRESET_IDS.flatMap((preset) => channelsOf(preset).map((channel) => [preset, channel] as const)))('%s for %s holds everybody who may be written to', async (preset, channel) => {
    const lines = (await take(preset, channel, {})).toString('utf8');
    for (const { ref } of await expectedRows(channel, {})) expect(lines).toContain(String(ref));
  });

  describe('whatever people are called', () => {
    const NAMES = [
      '=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '\nx', '=HYPERLINK("https://evil.example","click")', `=cmd|' /C calc'!A0`, '＝1+1', 'Maija;=1+1', 'Maija;"=1+1', 'Maija\n=1+1', 'a"b', 'a,b', 'a\nb', 'a\r\nb',
      'Õnne 🎈 漢字 עברית', '\\N', '\\', 'NULL', '', ' =1', `'=1`, '\u0001\u001f', 'ï', 'x\\ty', '"', '""', ',', '\u2028', 'ﬀ',
    ];
    let refs: string[];

    beforeAll(async () => {
      refs = await exporting.populate(NAMES.length);
      await exporting.marketing.database.query(
        `UPDATE contact AS c SET first_name = n.name, last_name = n.name, city = n.name, interests = ARRAY['coffee', n.name]
           FROM unnest($1::uuid[], $2::text[]) AS n (ref, name) WHERE c.ref = n.ref`, [refs, NAMES]);
    });

    const own = <T extends Cells>(rows: T[]): T[] => refs.map((ref) => rows.find((row) => Object.values(row).includes(ref))!);

    it('no cell is a formula, and nothing else has changed', async () => {
      const rows = own(read(await take('csv', 'post', {})));
      for (const row of rows) for (const cell of Object.values(row)) expect(String(cell)).not.toMatch(/^[=+\-@\t\r\n]/);
      expect(rows.map((row) => row['last_name'])).toEqual(NAMES.map(harmless));
      expect(rows.map((row) => row['city'])).toEqual(NAMES.map(harmless));
      expect(harmless('=1+1')).toBe(`'=1+1`);
    });

    it('JSON says it as it is', async () => {
      const rows = (await take('ndjson', 'post', {})).toString('utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Cells);
      expect(own(rows).map((row) => [row['firstName'], row['interests']])).toEqual(NAMES.map((name) => [name, ['coffee', name]]));
    });

    it('JSON within CSV says it as it is', async () => {
      const rows = read(await take('listmonk', 'email', {}));
      const attributes = rows.map((row) => JSON.parse(String(row['attributes'])) as Cells);
      expect(own(attributes).map((each) => each['interests'])).toEqual(NAMES.map((name) => ['coffee', name]));
    });
  });

  it('a phone number in E.164 stays as it is; an address that is a formula is left out, and counted', async () => {
    const [plus, formula] = await exporting.populate(2) as [string, string];
    await exporting.marketing.database.query(
      `UPDATE contact SET email = CASE WHEN ref = $1 THEN '+1@example.fi' ELSE 'fine@example.fi' END, phone = CASE WHEN ref = $1 THEN '+358401234567' ELSE '+1;=cmd' END, phone_digest = sha256(ref::text::bytea),
              sms_since = now(), sms_wording_id = 'sms', sms_wording_version = 1, sms_source = 'web-shop' WHERE ref = ANY ($2::uuid[])`, [plus, [plus, formula]]);
    const only = { source: { is: 'web-shop' }, wording: { id: 'sms', channel: 'sms' } };
    const sms = await exporting.request({ channel: 'sms', preset: 'klaviyo', filter: only });
    expect(read((await exporting.take(sms)).content)).toEqual([expect.objectContaining({ 'Phone Number': '+358401234567', 'External ID': plus })]);
    expect(await exporting.look(sms)).toMatchObject({ leftOut: 1, progress: { rows: 1 } });
    const email = await exporting.request({ channel: 'email', filter: only });
    expect(read((await exporting.take(email)).content)).toEqual([expect.objectContaining({ email: 'fine@example.fi', ref: formula })]);
    // Who was left out was not handed out.
    await exporting.leave(plus, formula);
    const told = await exporting.removals();
    expect(told.all.filter(({ exports }) => (exports as string[]).includes(email)).map(({ ref }) => ref)).toEqual([formula]);
    expect(told.all.filter(({ exports }) => (exports as string[]).includes(sms)).map(({ ref }) => ref)).toEqual([plus]);
  });

  it.each<[string, object, string, string, unknown]>([
    ['an unknown recipient', { recipient: 'nobody' }, 'recipient-unknown', '#/recipient', expect.arrayContaining(['mailchimp', 'tester'])],
    ['a purpose that was not agreed', { purpose: 'profiling' }, 'not-agreed-with-recipient', '#/purpose', ['marketing', 'research']],
    ['a channel that was not agreed', { recipient: 'mailchimp', channel: 'sms' }, 'not-agreed-with-recipient', '#/channel', ['email']],
    ['a preset that cannot serve the channel', { preset: 'listmonk', channel: 'post' }, 'preset-unfit', '#/preset', ['csv', 'ndjson']],
    ['a byte order mark in JSON', { preset: 'ndjson', bom: true }, 'preset-unfit', '#/bom', expect.arrayContaining(['csv'])],
  ])('%s is refused, with what is possible', async (_what, wish, code, pointer, possible) => {
    const { status, body } = await exporting.marketing.call('POST', '/v1/exports', { recipient: 'tester', purpose: 'marketing', channel: 'email', ...wish });
    expect([status, body['type']]).toEqual([422, `/problems/${code}`]);
    expect(body).toMatchObject({ possible, errors: [{ pointer }] });
  });

  it.each([
    [{ filter: { consent: 'any' } }, '#/filter/consent'], [{ where: '1=1' }, '#/where'], [{ channel: 'fax' }, '#/channel'],
    [{ preset: 'excel' }, '#/preset'], [{ delivery: 'pigeon' }, '#/delivery'], [{ segment: { id: someId() }, filter: {} }, '#/segment'],
  ])('%j is refused at %s', async (wish, pointer) => {
    const { status, body } = await exporting.marketing.call('POST', '/v1/exports', { recipient: 'tester', purpose: 'marketing', channel: 'email', ...wish });
    expect([status, (body['errors'] as { pointer: string }[]).map((each) => each.pointer)]).toEqual([422, [pointer]]);
  });

  it('the record tells who asked, for what and what became of it, and nothing about a person', async () => {
    const id = await exporting.request({ recipient: 'mailchimp', filter: { language: { is: 'fi' } } });
    expect(await exporting.look(id)).toMatchObject({
      state: 'waiting', recipient: 'mailchimp', purpose: 'marketing', preset: 'mailchimp', asked: { filter: { language: { is: 'fi' } } }, requestedBy: { kind: 'program', subject: 'test' },
    });
    await exporting.take(id);
    const { body } = await exporting.marketing.call('GET', '/v1/exports?recipient=mailchimp&state=delivered&limit=1');
    expect(body['exports']).toEqual([expect.objectContaining({ id, state: 'delivered', handovers: 1 })]);
    const stored = JSON.stringify(await exporting.marketing.database.query('SELECT * FROM export'));
    expect(stored).not.toMatch(/@example\.fi|Person \d/);
  });

  it('can be of a saved segment, in the version that was newest, and of a snapshot', async () => {
    const expected = (await expectedRows('email', { source: { is: 'till' } })).map(({ ref }) => ref);
    const segment = await exporting.marketing.call('POST', '/v1/segments', { name: 'From the till', channel: 'email', filter: { source: { is: 'till' } } });
    const snapshot = await exporting.marketing.call('POST', '/v1/snapshots', { name: 'Then', channel: 'email', filter: { source: { is: 'till' } } });
    expect([segment.status, snapshot.status, expected.length > 0]).toEqual([201, 201, true]);
    const bySegment = await exporting.request({ channel: undefined, segment: { id: segment.body['id'] } });
    expect(await exporting.look(bySegment)).toMatchObject({ channel: 'email', asked: { segment: { id: segment.body['id'], version: 1 }, filter: { source: { is: 'till' } } }, progress: { of: expected.length } });
    expect(read((await exporting.take(bySegment)).content).map((row) => row['ref'])).toEqual(expected);
    const bySnapshot = await exporting.request({ filter: { snapshot: { id: snapshot.body['id'] } } });
    expect(read((await exporting.take(bySnapshot)).content).map((row) => row['ref'])).toEqual(expected);
    expect(await exporting.marketing.call('POST', '/v1/exports', { recipient: 'tester', purpose: 'marketing', segment: { id: someId() } })).toMatchObject({ status: 422, body: { type: '/problems/segment-unknown' } });
  });

  it('a download is taken once, is not there for others, and looking at it takes nothing', async () => {
    const id = await exporting.request();
    const head = await exporting.marketing['apps'][0]!.inject({ method: 'HEAD', url: `/v1/exports/${id}/content`, headers: { authorization: await exporting.marketing['tokens'].bearer({ scopes: ['exports:write'] }) } });
    expect([head.statusCode, head.headers['content-type'], head.body]).toEqual([200, 'text/csv; charset=utf-8; header=present', '']);
    const { headers, status } = await exporting.take(id);
    expect([status, headers['content-disposition'], headers['cache-control']]).toEqual([200, `attachment; filename="lupa-${id.slice(0, 8)}.csv"`, 'no-store']);
    expect((await exporting.marketing.call('GET', `/v1/exports/${id}/content`))).toMatchObject({ status: 410, body: { type: '/problems/export-gone', state: 'delivered' } });
    expect((await exporting.marketing.call('GET', `/v1/exports/${someId()}/content`))).toMatchObject({ status: 404, body: { type: '/problems/export-not-found' } });
  });

  it.each([
    ['POST', '/v1/exports', 'exports:read'], ['GET', '/v1/exports', 'exports:write'], ['GET', `/v1/exports/${someId()}`, 'exports:write'], ['POST', `/v1/exports/${someId()}/cancel`, 'exports:read'],
    ['GET', `/v1/exports/${someId()}/content`, 'exports:read'], ['GET', '/v1/recipients', 'audience:query'], ['GET', '/v1/recipients/tester/removals', 'exports:read'],
    ['GET', `/v1/exports/${someId()}/removals`, 'exports:read'], ['POST', '/v1/recipients/tester/removals/acknowledgements', 'removals:read'],
    ['POST', `/v1/exports/${someId()}/removals/acknowledgements`, 'removals:read'],
  ] as const)('%s %s is not for a token with %s alone', async (method, path, scope) => {
    const { status, body } = await exporting.marketing.call(method, path, method === 'POST' ? { upTo: 1 } : undefined, [scope]);
    expect([status, body['type']]).toEqual([403, '/problems/scope-missing']);
  });

  it('every channel is covered', () => {
    expect(new Set(PRESET_IDS.flatMap((preset) => channelsOf(preset)))).toEqual(new Set(CHANNELS));
  });
});
