import { jest } from '@jest/globals';
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IMPORT_COMMANDS } from '#register/imports/imports.commands.js';
import { REGISTER_CONFIG, type RegisterConfig } from '#register/register.config.js';
import { projected } from '#test/support/projected.js';
import { decision, startTestRegister, type TestRegister, WORDING } from '#test/support/register.js';

jest.setTimeout(60_000);

const DECIDED = '2026-05-04T12:30:00Z';
const PERSON = ['contact.firstName', 'contact.lastName', 'contact.email', 'contact.phone', 'source.kind'];
const consentOf = (channel: string): string[] => ['decision', 'decidedAt', 'method', 'sourceSystem', 'wording.id', 'wording.version', 'wording.language', 'wording.sha256']
  .map((field) => `consents.marketing.${channel}.${field}`);
const granted = (method = 'checkout'): string[] => ['granted', DECIDED, method, 'old-shop', WORDING.id, '1', 'fi', WORDING.sha256];

let register: TestRegister;
let folder: string;
beforeAll(async () => {
  register = await startTestRegister('import', { REGISTER_INDEX_KEY: randomBytes(32).toString('base64') });
  folder = mkdtempSync(join(tmpdir(), 'lupa-import-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await register.stop();
});

interface Run { readonly out: string; readonly error: string; readonly rejected: string }

/** The operator command on a file of these lines, in this process. */
async function importing(lines: readonly string[] | string, ...options: string[]): Promise<Run> {
  const [file, rejected] = [join(folder, 'people.csv'), join(folder, 'rejected.csv')];
  writeFileSync(file, typeof lines === 'string' ? lines : lines.map((line) => `${line}\r\n`).join(''));
  const told: string[] = [];
  const spy = jest.spyOn(console, 'log').mockImplementation((line: unknown) => { told.push(String(line)); });
  const config = register.app.get<RegisterConfig>(REGISTER_CONFIG, { strict: false });
  const error = await IMPORT_COMMANDS['customers:import'].run(register.database, config, ['--file', file, '--rejected', rejected, ...options])
    .then(() => '', (reason: unknown) => (reason as Error).message).finally(() => { spy.mockRestore(); });
  return { out: told.join('\n'), error, rejected: existsSync(rejected) ? readFileSync(rejected, 'utf8') : '' };
}

const csv = (...cells: string[]): string => cells.join(',');
const people = (rows: readonly (readonly string[])[], ...channels: string[]): string[] => [csv(...PERSON, ...channels.flatMap(consentOf)), ...rows.map((row) => csv(...row))];
const address = (): { email: string; phone: string } => ({ email: `${randomUUID()}@example.fi`, phone: `+35840${String(randomInt(1_000_000, 9_999_999))}` });
const counted = ({ out }: Run): Record<string, number> => Object.fromEntries([...out.matchAll(/^ *([\d,]+) (rows read|taken in|would be taken in|there|kept out|rejected)/gm)].map(([, count = '', what = '']) => [what, Number(count.replaceAll(',', ''))]));
const search = async (query: object) => (await register.call('POST', '/v1/customers/search', { body: query })).body['customers'] as Record<string, unknown>[];
const idOf = async (email: string): Promise<string> => String((await search({ email }))[0]?.['id']);
const history = async (id: string) => (await register.call('GET', `/v1/customers/${id}/consents/history`)).body['records'] as Record<string, unknown>[];
const everything = (): Promise<object[]> => register.database.query(`
  SELECT to_jsonb(c)::text AS row FROM customer c UNION ALL SELECT to_jsonb(k)::text FROM consent k UNION ALL SELECT to_jsonb(r)::text FROM consent_record r
  UNION ALL SELECT to_jsonb(s)::text FROM suppression s ORDER BY 1`);

describe('a row of a file', () => {
  it('has a consent that has lapsed as proof only, unless she was heard of since', async () => {
    const [silent, heard] = [address(), address()];
    const rowOf = ({ email, phone }: { email: string; phone: string }, activeAt: string): string =>
      csv('Aino', 'Virtanen', email, phone, 'customer', ...granted().with(1, '2016-05-04T12:30:00Z'), activeAt);
    const run = await importing([csv(...PERSON, ...consentOf('email'), 'activeAt'), rowOf(silent, ''), rowOf(heard, DECIDED)]);
    expect([run.error, run.out]).toEqual(['', expect.stringContaining('marketing is told of 1')]);
    expect([await projected(register, await idOf(silent.email)), await projected(register, await idOf(heard.email))]).toEqual([[], ['email']]);
    expect(await history(await idOf(silent.email))).toMatchObject([{ decision: 'granted', inEffect: false, wording: WORDING }]);
  });

  it('becomes what the same registration by REST becomes, and marketing hears of her', async () => {
    const [one, other] = [address(), address()];
    const contact = { firstName: 'Väinö', lastName: 'O"Hara; y', language: 'fi', address: { street: 'Katu 1', postalCode: '04300', city: 'Tuusula' } };
    const consents = [{ purpose: 'marketing', channel: 'email', ...decision({ decidedAt: DECIDED, sourceSystem: 'old-shop' }) }];
    const { body } = await register.call('POST', '/v1/customers', { body: { contact: { ...contact, ...one }, demographics: { birthYear: 1987 }, interests: ['birthday', 'balloons'], consents } });
    const columns = ['contact.address.postalCode', 'contact.address.street', 'contact.address.city', 'contact.language', 'demographics.birthYear', 'interests', 'consents.marketing.email.form'];
    const header = [...PERSON, ...columns, ...consentOf('email')].join(';');
    const row = ['Väinö', '"O""Hara; y"', ` ${other.email.toUpperCase()} `, other.phone.replace('+358', '0'), 'customer', '04300', 'Katu 1', 'Tuusula', 'fi', '1987', 'balloons birthday', '/checkout', ...granted()].join(';');
    const run = await importing(`\uFEFF${header}\n\n${row}\n`);
    expect([run.error, counted(run), run.out]).toEqual(['', { 'rows read': 1, 'taken in': 1, there: 0, 'kept out': 0, rejected: 0 }, expect.stringContaining('marketing is told of 1')]);
    const [posted, imported] = [(await search({ email: one.email }))[0]!, (await search({ email: other.email }))[0]!];
    const bare = ({ id: _, contact: its, sources, activeAt: __, createdAt: ___, updatedAt: ____, ...rest }: Record<string, unknown>) =>
      ({ ...rest, contact: { ...(its as object), email: '', phone: '' }, sources: Object.keys(sources as object).sort() });
    expect(bare(imported)).toEqual(bare(posted));
    expect(imported).toMatchObject({ activeAt: '2026-05-04T12:30:00.000Z', sources: { 'contact.email': { source: 'customer', actor: 'import' } } });
    expect([await projected(register, String(imported['id'])), await projected(register, String(body['id']))]).toEqual([['email'], ['email']]);
    expect((await history(String(imported['id'])))[0]).toMatchObject({ inEffect: true, wording: WORDING, form: '/checkout', actor: 'import' });
    const [pending] = await register.database.query<{ found: number }[]>('SELECT 1 AS found FROM sync_pending p JOIN customer c USING (ref) WHERE c.id = $1', [imported['id']]);
    expect(pending).toBeDefined();
  });

  it('without the wording that was shown is kept as what is said, and never in force', async () => {
    const { email, phone } = address();
    const run = await importing(people([['Aino', 'Virtanen', email, phone, 'staff', 'granted', DECIDED, 'paper', 'old-shop', '', '', '', '', ...granted()]], 'email', 'sms'));
    expect([run.error, run.out]).toEqual(['', expect.stringContaining('1 grants came without the wording')]);
    const id = await idOf(email);
    expect(await history(id)).toMatchObject([{ channel: 'sms', inEffect: true }, { channel: 'email', inEffect: false, wording: null, method: 'paper' }]);
    expect(await projected(register, id)).toEqual(['sms']);
  });

  const SPOILT = 'marked-value';
  it('that is bad is told by line, column and code, all faults at once, and nothing of its content; the rows around it are taken in', async () => {
    const { email } = address();
    const fine = [...PERSON.map((name) => ({ 'contact.firstName': 'Aino', 'source.kind': 'staff' })[name] ?? '')];
    const row = (over: Readonly<Record<number, string>>): string[] => [...fine, '', '', '', '', '', '', '', ''].map((cell, i) => over[i] ?? (i === 2 ? `${randomUUID()}@example.fi` : cell));
    const consent = (from: readonly string[]): Record<number, string> => Object.fromEntries(from.map((cell, i) => [i + PERSON.length, cell]));
    const rows = [
      row({ 2: SPOILT, 3: SPOILT, 4: SPOILT }),                              // 2
      row({ 1: `${SPOILT} 131052-308T` }),                                   // 3
      row({ 2: '', 3: '' }),                                                 // 4
      [...row({}), SPOILT],                                                  // 5
      row(consent(['granted', '', '', SPOILT.toUpperCase(), 'newsletter', '1', 'fi', WORDING.sha256])), // 6
      row(consent(['granted', DECIDED, 'paper', 'old-shop', 'newsletter', '1', 'fi', 'a'.repeat(64)])), // 7
      row(consent(['granted', '2031-01-01T00:00:00Z', 'paper', 'old-shop', 'newsletter', '1', 'fi', WORDING.sha256])), // 8
      row(consent(['', DECIDED, 'paper', 'old-shop'])),                      // 9
      row({ 4: '' }),                                                        // 10
      row({ 0: 'Mik\u0000' }),                                               // 11
      row({ 2: email }), row({ 2: email.toUpperCase() }),                    // 12, 13
    ];
    const run = await importing(people(rows, 'email'));
    expect(run.rejected.trim().split('\n')).toEqual(['line,field,code',
      '2,contact.email,wrong-format', '2,contact.phone,phone-number', '2,source.kind,not-allowed', '3,contact.lastName,personal-identity-code', '4,contact.email,address-required',
      '5,,wrong-number-of-cells', '6,consents.marketing.email.decidedAt,required', '6,consents.marketing.email.method,required', '6,consents.marketing.email.sourceSystem,wrong-format',
      '7,consents.marketing.email,wording-unknown', '8,consents.marketing.email,consent-in-future', '9,consents.marketing.email.decision,required', '10,source.kind,required',
      '11,contact.firstName,wrong-format', '13,,twice-in-file']);
    expect([counted(run), run.error]).toEqual([{ 'rows read': 12, 'taken in': 1, there: 0, 'kept out': 0, rejected: 11 }, '11 row(s) were rejected.']);
    expect(run.out).toContain('line 13: the row (twice-in-file)');
    expect([run.out, run.rejected, run.error, ...register.log].filter((text) => /marked-value|131052|@example/i.test(text))).toEqual([]);
  });

  it('in another encoding, of a child, or with an unknown product group is refused as the REST door would', async () => {
    const header = csv('contact.firstName', 'contact.email', 'source.kind', 'demographics.birthYear', 'interests', ...consentOf('email'));
    const row = (name: string, year: string, interests: string, consent: string[] = []) => csv(name, address().email, 'customer', year, interests, ...consent, ...Array.from({ length: 8 - consent.length }, () => ''));
    const lines = [header, row('V\xe4in\xf6', '', ''), row('Aino', '2020', '', granted()), row('Aino', '1987', 'balloons; weapons')];
    const file = join(folder, 'latin.csv');
    writeFileSync(file, Buffer.from(lines.join('\n'), 'latin1'));
    const run = await importing('x', '--file', file);
    expect(run.rejected.trim().split('\n').slice(1)).toEqual(['2,contact.firstName,not-utf-8', '3,consents.marketing.email,guardian-required', '4,interests,not-allowed']);
  });
});

describe('who is in the register', () => {
  it('is left as she is, whatever a file says: nothing she has withdrawn comes back, also under an address she had before', async () => {
    const { email, phone } = address();
    const file = people([['Aino', 'Virtanen', email, phone, 'staff', ...granted(), ...granted()]], 'email', 'sms');
    await importing(file);
    const id = await idOf(email);
    await register.call('POST', `/v1/customers/${id}/stop-all`, { body: { decidedAt: '2026-06-01T00:00:00Z', method: 'unsubscribe-link', sourceSystem: 'web-shop' } });
    const before = await everything();
    const changed = people([
      ['Aino', 'Toinen', email, '', 'staff', ...granted(), ...granted()],
      ['AINO', 'virtanen', `old.${email}`, phone, 'staff', ...granted(), ...granted()],
    ], 'email', 'sms');
    const byPhone = people([['', '', '', phone, 'staff', ...granted(), ...granted()]], 'email', 'sms');
    for (const lines of [file, changed, byPhone]) {
      const run = await importing(lines);
      expect([run.error, counted(run)]).toEqual(['', { 'rows read': lines.length - 1, 'taken in': 0, there: lines.length - 1, 'kept out': 0, rejected: 0 }]);
    }
    expect([await everything(), await projected(register, id)]).toEqual([before, []]);
    // Another person of the household is another person.
    expect(counted(await importing(people([['Eino', 'Virtanen', `eino.${email}`, phone, 'staff']])))).toMatchObject({ 'taken in': 1, there: 0 });
  });

  it('is not changed by a dry run, and nobody is added; it counts what a run would do', async () => {
    const [known, fresh] = [address(), address()];
    await importing(people([['Aino', 'Virtanen', known.email, '', 'staff']]));
    const before = await everything();
    const run = await importing(people([['Aino', 'Virtanen', known.email, '', 'staff'], ['Eeva', 'Virtanen', fresh.email, '', 'staff'], ['Eeva', 'Virtanen', '', '', 'staff']]), '--dry-run');
    expect([counted(run), await everything()]).toEqual([{ 'rows read': 3, 'would be taken in': 1, there: 1, 'kept out': 0, rejected: 1 }, before]);
  });
});

describe('who has left', () => {
  const erase = async (id: string): Promise<void> => { expect((await register.call('DELETE', `/v1/customers/${id}`)).status).toBe(202); };

  it('is not brought back after an erasure, by either of her addresses; nor does a file open what she has closed', async () => {
    const { email, phone } = address();
    const file = people([['Aino', 'Virtanen', email, phone, 'customer', ...granted('confirmed-opt-in')]], 'email');
    await importing(file);
    await erase(await idOf(email));
    const before = await everything();
    for (const lines of [file, people([['Aino', 'Virtanen', email, '', 'staff']]), people([['', '', `new.${email}`, phone, 'staff']])]) {
      const run = await importing(lines);
      expect([run.error, counted(run), run.rejected]).toEqual(['', { 'rows read': 1, 'taken in': 0, there: 0, 'kept out': 1, rejected: 0 }, 'line,field,code\n']);
    }
    expect([await everything(), await search({ email }), await search({ phone })]).toEqual([before, [], []]);
  });

  it('is not brought back because somebody else with her phone objects, or consents herself', async () => {
    const { email, phone } = address();
    const row = people([['Aino', 'Virtanen', `old.${email}`, phone, 'customer', ...granted()]], 'email');
    await importing(people([['Aino', 'Virtanen', email, phone, 'staff'], ['Eino', 'Virtanen', `eino.${email}`, phone, 'staff']]));
    await erase(await idOf(email));
    const eino = await idOf(`eino.${email}`);
    const deeds = [
      ['objection', { decidedAt: new Date(Date.now() - 60_000).toISOString(), method: 'phone-call', sourceSystem: 'customer-service' }],
      ['consents/marketing/sms', decision({ method: 'account-settings' })],
    ] as const;
    for (const [path, body] of deeds) {
      expect((await register.call('PUT', `/v1/customers/${eino}/${path}`, { body })).status).toBe(200);
      expect([path, counted(await importing(row))]).toMatchObject([path, { 'taken in': 0, 'kept out': 1 }]);
    }
    expect(await projected(register, eino)).toEqual(['sms']);
  });

  it('by an objection, and under another address now, is taken in under the old one without any marketing, though a file says she confirmed it', async () => {
    const { email, phone } = address();
    await importing(people([['Aino', 'Virtanen', email, phone, 'customer', ...granted()]], 'email'));
    const id = await idOf(email);
    await register.call('PUT', `/v1/customers/${id}/objection`, { body: { decidedAt: '2026-06-01T00:00:00Z', method: 'phone-call', sourceSystem: 'customer-service' } });
    const { headers } = await register.call('GET', `/v1/customers/${id}`);
    await register.call('PATCH', `/v1/customers/${id}`, { body: { contact: { email: `now.${email}`, phone: null } }, headers: { 'if-match': headers.get('etag') ?? '' } });
    const late = granted('confirmed-opt-in').map((cell) => (cell === DECIDED ? '2026-07-01T00:00:00Z' : cell));
    const run = await importing(people([['Aino', 'Virtanen', email, phone, 'customer', ...late]], 'email'));
    expect([counted(run)['taken in'], run.out]).toEqual([1, expect.stringContaining('marketing is told of 0')]);
    const again = await idOf(email);
    expect([await projected(register, again), (await history(again)).map(({ inEffect }) => inEffect)]).toEqual([[], [false]]);
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['without a header', 'Aino,Virtanen,aino@example.fi\n', 'names none that exist in column 1, 2, 3'],
    ['with a consent for a purpose that needs none', 'contact.email,source.kind,consents.research.email.decision\n', 'exist in column 3'],
    ['with a column twice', 'contact.email,source.kind,contact.email\n', 'twice: see column 3'],
    ['without a source', 'contact.email\na@example.fi\n', 'lacks the column source.kind'],
    ['without an address', 'contact.firstName,source.kind\nAino,staff\n', 'lacks the column contact.email or contact.phone'],
    ['that is empty', '', 'The file is empty'],
  ])('%s says so, and repeats nothing of it', async (_, text, words) => {
    const { error, out } = await importing(text);
    expect([error, out]).toEqual([expect.stringContaining(words), expect.not.stringContaining('@example')]);
    expect(error).not.toMatch(/Aino|example/);
  });

  it('is not written over by the list of what is bad in it', async () => {
    const file = join(folder, 'kept.csv');
    writeFileSync(file, 'kept');
    expect((await importing('x', '--file', file, '--rejected', file)).error).toBe('What is rejected would be written over the file itself.');
    expect(readFileSync(file, 'utf8')).toBe('kept');
  });

  it('to its end is taken in up to the line that it names', async () => {
    const { email } = address();
    const { error, out } = await importing([...people([['Aino', 'Virtanen', email, '', 'staff']]), '"Eeva,Virtanen,eeva@example.fi,,staff', 'x,y,z@example.fi,,staff']);
    expect([error, out]).toEqual([expect.stringMatching(/^The file cannot be read on from line \d: a quote is not closed\.$/), expect.stringContaining('1 taken in')]);
    expect(await search({ email })).toHaveLength(1);
  });
});

it('takes in more people than one statement holds, each once, and all again none', async () => {
  const rows = Array.from({ length: 1_200 }, (_, i) => ['Aino', `Virtanen ${i}`, address().email, '', 'customer', ...granted()]);
  const first = await importing(people(rows, 'email'));
  expect([first.error, counted(first), first.out]).toEqual(['', { 'rows read': 1_200, 'taken in': 1_200, there: 0, 'kept out': 0, rejected: 0 }, expect.stringContaining('marketing is told of 1,200')]);
  expect(counted(await importing(people(rows, 'email')))).toMatchObject({ 'taken in': 0, there: 1_200 });
});
