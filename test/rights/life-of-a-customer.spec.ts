import { jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { unzipSync } from 'fflate';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPair, type Answer, type Pair } from '#test/support/pair.js';
import { decision, WORDING, WORDING_TEXT } from '#test/support/register.js';
import { Tap } from '#test/support/tap.js';
import { waitFor } from '#test/support/wait-for.js';
import { filesHolding, rowsHolding } from './everywhere.js';
import { PARTY_WORDING, somebody } from './her.js';

jest.setTimeout(240_000);

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'lupa-life-'));
const [exportFiles, dumps] = [join(folder, 'exports'), join(folder, 'dumps')];
/** Where services under test log to, this file's among them. */
const logs = (process.env['LUPA_TEST_LOG_DIRECTORY'] ??= join(folder, 'logs'));
const brokerFiles = join(process.env['LUPA_DATA_DIRECTORY'] ?? '', 'rabbitmq');
const her = somebody();

let pair: Pair;
let tap: Tap;
/** Of her, as the shop knows her. */
let id = '';
let caseId = '';

beforeAll(async () => {
  for (const each of [logs, exportFiles, dumps]) mkdirSync(each, { recursive: true });
  pair = await startPair('life', {
    registerEnvironment: { REGISTER_PROFILE: profileWithPartyHouse(), REGISTER_SEARCH_DIRECTORIES: JSON.stringify({ logs, broker: brokerFiles }), SEARCH_PAUSE_MS: '200' },
    marketingEnvironment: { MARKETING_EXPORT_DIRECTORY: exportFiles },
  });
  tap = await Tap.open(pair.vhost.url, ['#']);
  const { id: party, version, language, text } = PARTY_WORDING;
  await done(pair.call('PUT', '/v1/wordings/newsletter/1/fi', { purpose: 'marketing', text: WORDING_TEXT }));
  await done(pair.call('PUT', `/v1/wordings/${party}/${version}/${language}`, { purpose: 'partner-offers', text }));
});
afterAll(async () => {
  await tap.close();
  await pair.stop();
  rmSync(folder, { recursive: true });
});

function profileWithPartyHouse(): string {
  const profile = JSON.parse(readFileSync(join(REPOSITORY, 'config/confetti.json'), 'utf8')) as { purposes: object[]; recipients: object[] };
  profile.purposes.push({ code: 'partner-offers', legalBasis: 'consent', retention: 'P2Y', recipients: ['party-house'] });
  profile.recipients.push({ id: 'party-house', name: 'Juhlatalo Oy', country: 'FI', place: 'outside', purposes: ['partner-offers'] });
  const path = join(folder, 'profile.json');
  writeFileSync(path, JSON.stringify(profile));
  return path;
}

/** @throws Error naming the problem when it was refused */
async function done(answer: Promise<Answer>): Promise<Record<string, unknown>> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`answered ${status} ${JSON.stringify(body)}`);
  return body;
}

const now = (): string => new Date().toISOString();
const path = (rest = ''): string => `/v1/customers/${id}${rest}`;
const versioned = async (): Promise<Record<string, string>> => ({ 'if-match': `"${String((await done(pair.call('GET', path()))).version)}"` });
const consents = (channel: string, over: object): Promise<Answer> => pair.call('PUT', path(`/consents/marketing/${channel}`), { ...decision(), ...over });

async function listed(channel: string): Promise<Record<string, unknown>[]> {
  await pair.open(60_000);
  return (await done(pair.ask('POST', '/v1/audience/query', { channel, filter: {}, limit: 100 })))['contacts'] as Record<string, unknown>[];
}

/** An answer that is no JSON. */
async function content(url: string, headers: Record<string, string> = {}): Promise<Buffer> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${pair.token}`, 'lupa-purpose': 'rights-and-obligations', ...headers } });
  if (!response.ok) throw new Error(`answered ${response.status} ${await response.text()}`);
  return Buffer.from(await response.arrayBuffer());
}

interface Operated { readonly status: number | null; readonly told: string }

/** Not synchronously: the links of the pair to the broker run in this process. */
async function operate(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Operated> {
  const child = spawn(process.execPath, [...args], { env, cwd: REPOSITORY });
  let told = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { told += chunk.toString(); });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, told };
}
const cli = (...args: readonly string[]): Promise<Operated> => operate([fileURLToPath(import.meta.resolve('#register/cli.js')), ...args], pair.register.environment);
const script = (name: string, ...args: readonly string[]): Promise<Operated> =>
  operate([join(REPOSITORY, 'scripts', name), '--own-environment', ...args], { ...pair.register.environment, ...pair.marketing.environment });

const erasure = (): Promise<Record<string, unknown>> => done(pair.call('GET', `/v1/erasures/${caseId}`));
/** What only the planner remembers of her may take a second search to be forgotten. */
async function closed(): Promise<void> {
  let last = {};
  const found = async (): Promise<boolean> => (last = await erasure())['state'] === 'closed';
  await waitFor('the case to be closed', found, 60_000).catch((error: unknown) => { throw new Error(`${String(error)}: ${JSON.stringify(last)}`); });
}

/** Every place, of those that may hold nobody, where something of her is. */
async function remains(): Promise<Record<string, readonly string[]>> {
  const [registerUrl, marketingUrl, logUrl] = [pair.register.environment['REGISTER_DATABASE_URL'], pair.marketing.environment['MARKETING_DATABASE_URL'], pair.register.environment['REGISTER_ERASURE_LOG_URL']];
  const wanted = [...her.markers, id];
  return {
    register: await rowsHolding(String(registerUrl), wanted), marketing: await rowsHolding(String(marketingUrl), wanted), erasureLog: await rowsHolding(String(logUrl), wanted),
    messages: tap.heard.filter(({ content: sent }) => wanted.some((text) => sent.includes(text))).map(({ routingKey }) => routingKey),
    logs: filesHolding(logs, wanted), exports: filesHolding(exportFiles, wanted), broker: filesHolding(brokerFiles, wanted),
  };
}
const NOTHING = { register: [], marketing: [], erasureLog: [], messages: [], logs: [], exports: [], broker: [] };

describe('the life of a customer', () => {
  it('begins with what she gives and allows', async () => {
    id = String((await done(pair.call('POST', '/v1/customers', her.body)))['id']);
    expect(await listed('email')).toMatchObject([{ email: her.email }]);
    // The search of this test finds who is there: else finding nothing later would mean nothing.
    expect(await remains()).toMatchObject({
      register: expect.arrayContaining(['public.customer: 1', 'public.consent_record: 2']), marketing: ['public.contact: 1'], messages: [],
    });
    expect(await listed('sms')).toEqual([]);
    await done(consents('sms', {}));
    expect(await listed('sms')).toMatchObject([{ phone: her.phone }]);
    await done(consents('sms', { decision: 'withdrawn', wording: undefined, decidedAt: now() }));
    expect(await listed('sms')).toEqual([]);
  });

  it('goes on with corrections, which reach marketing', async () => {
    await done(pair.call('PATCH', path(), { contact: { email: her.corrected }, interests: ['wedding'] }, await versioned()));
    await pair.rest();
    expect(await listed('email')).toMatchObject([{ email: her.corrected, interests: ['wedding'] }]);
  });

  it('takes her into exports: one is taken, another waits as a file', async () => {
    const wish = { recipient: 'mailchimp', purpose: 'marketing', channel: 'email', filter: {} };
    const streamed = await done(pair.ask('POST', '/v1/exports', { ...wish, delivery: 'download' }));
    expect((await content(`${pair.marketing.url}/v1/exports/${String(streamed['id'])}/content`)).toString()).toContain(her.corrected);
    const stored = await done(pair.ask('POST', '/v1/exports', { ...wish, recipient: 'print-house', channel: 'post', delivery: 'file' }));
    await waitFor('the file', async () => (await done(pair.ask('GET', `/v1/exports/${String(stored['id'])}`)))['state'] === 'ready');
    expect(filesHolding(exportFiles, [her.marker])).toHaveLength(1);
  });

  it('lets her data leave the company on her consent, after a notice', async () => {
    const target = { recipient: 'party-house', purpose: 'partner-offers' };
    const { id: wording, version, language, sha256 } = PARTY_WORDING;
    await done(pair.call('PUT', path('/disclosure-consents/party-house/partner-offers'), decision({ wording: { id: wording, version, language, sha256 }, method: 'account-settings' })));
    await done(pair.call('POST', path('/disclosure-notices'), { ...target, sentAt: now(), sentBy: 'email' }));
    const released = await done(pair.call('POST', path('/disclosures'), { ...target, fields: ['contact.firstName', 'contact.email'] }));
    expect(released).toMatchObject({ data: { 'contact.email': her.corrected } });
  });

  it('shows her everything that is held of her', async () => {
    await done(pair.call('POST', path('/requests'), { kind: 'access', receivedBy: 'email' }));
    const bundle = Object.values(unzipSync(await content(`${pair.register.url}${path('/bundle')}`))).map((file) => Buffer.from(file).toString()).join('\n');
    for (const part of [her.corrected, her.email, her.phone, `S${her.marker}`, `O${her.marker}`, 'wedding', 'party-house', 'mailchimp', 'print-house', WORDING.sha256]) expect(bundle).toContain(part);
  });

  it('stands still while she is restricted, and goes on after a notice', async () => {
    await done(pair.call('PUT', path('/restriction'), { reason: 'accuracy-contested' }));
    await pair.rest();
    expect([await listed('email'), await listed('post')]).toEqual([[], []]);
    expect((await pair.call('PATCH', path(), { interests: [] }, await versioned())).body).toMatchObject({ type: '/problems/customer-restricted' });
    await done(pair.call('PUT', path('/restriction/notice'), { sentAt: now(), sentBy: 'email' }));
    await done(pair.call('DELETE', path('/restriction')));
    await pair.rest();
    expect(await listed('email')).toMatchObject([{ email: her.corrected }]);
    expect(await script('backup.mjs', '--directory', dumps)).toMatchObject({ status: 0 });
  });

  it('is out of marketing when she objects', async () => {
    await done(pair.call('PUT', path('/objection'), { decidedAt: now(), method: 'phone-call', sourceSystem: 'customer-service' }));
    await pair.rest();
    expect([await listed('email'), await listed('post')]).toEqual([[], []]);
  });

  it('ends with her erasure, in every store, and with a certificate that says so', async () => {
    caseId = String((await done(pair.call('DELETE', path())))['caseId']);
    await closed();
    expect(await remains()).toEqual(NOTHING);

    const [file, keys] = [join(folder, 'certificate.json'), join(folder, 'lupa-certificate-keys.json')];
    const certificate = await content(`${pair.register.url}/v1/erasures/${caseId}/certificate`);
    writeFileSync(file, certificate);
    writeFileSync(keys, await content(`${pair.register.url}/.well-known/lupa-certificate-keys.json`));
    expect(await cli('certificate:verify', file)).toMatchObject({ status: 0, told: expect.stringContaining(caseId) });
    expect((JSON.parse(certificate.toString()) as { certificate: unknown }).certificate).toMatchObject({
      caseId, ground: 'request', recipients: expect.arrayContaining(['Juhlatalo Oy', 'Mailchimp (Intuit Inc.)'].map((name): unknown => expect.objectContaining({ name }))),
    });
    for (let changes = 0; changes < 8; changes += 1) {
      const at = Math.floor((certificate.length * (changes + 0.5)) / 8);
      writeFileSync(file, Buffer.concat([certificate.subarray(0, at), Buffer.from([(certificate[at] as number) ^ 1]), certificate.subarray(at + 1)]));
      expect((await cli('certificate:verify', file)).status).toBe(1);
    }
  });

  it('stays ended when both sides are restored to a day when she was there', async () => {
    await Promise.all([pair.register.stop(), pair.marketing.stop()]);
    const dumpOf = (side: string): string => join(dumps, filesHolding(dumps, [`${side}-`])[0] as string);
    const { status, told } = await script('restore.mjs', '--register', dumpOf('register'), '--marketing', dumpOf('marketing'));
    expect([status, told]).toEqual([0, expect.stringContaining('Restored')]);
    expect(await remains()).toEqual(NOTHING);
    await Promise.all([pair.register.start(), pair.marketing.start()]);
    await closed();
    expect([await listed('email'), await listed('post'), await remains()]).toEqual([[], [], NOTHING]);
  });

  it('stays ended when every message that was ever sent comes again', async () => {
    const sent = [...tap.heard];
    expect(sent.length).toBeGreaterThan(10);
    for (const message of sent) tap.publish(message);
    await waitFor('all of them to be taken', async () => tap.heard.length >= 2 * sent.length);
    await pair.rest();
    expect([await listed('email'), await listed('post'), await remains()]).toEqual([[], [], NOTHING]);
  });

  it('stays ended when an old list with her is imported', async () => {
    const file = join(dumps, 'old-customers.csv');
    const other = `another-${randomUUID()}@example.fi`;
    const { id: wording, version, language, sha256 } = WORDING;
    const consent = {
      decision: 'granted', decidedAt: now(), method: 'confirmed-opt-in', form: '/old-shop', sourceSystem: 'old-shop',
      'wording.id': wording, 'wording.version': version, 'wording.language': language, 'wording.sha256': sha256,
    };
    const header = ['source.kind', 'contact.firstName', 'contact.lastName', 'contact.email', ...Object.keys(consent).map((name) => `consents.marketing.email.${name}`)];
    const row = (first: string, last: string, email: string): string => ['customer', first, last, email, ...Object.values(consent)].join();
    // By the address that she had when the list was made, and by the one that she had at last.
    const old = [her.email, her.corrected].map((email) => row(`F${her.marker}`, `L${her.marker}`, email));
    writeFileSync(file, [header.join(), row('Another', 'Person', other), ...old, ''].join('\n'));
    expect(await cli('customers:import', '--file', file)).toMatchObject({ status: 0 });
    await pair.rest();
    // The file is good, and the other person on it is taken in: only she is kept out.
    expect([(await listed('email')).map(({ email }) => email), await remains()]).toEqual([[other], NOTHING]);
  });

  it('lives on for a while only where no query reaches, which is told apart, with a day by which it is gone', async () => {
    const data = join(process.env['LUPA_DATA_DIRECTORY'] ?? '', 'postgres', 'cluster');
    const heapOf = async (side: 'register' | 'marketing'): Promise<number> => {
      const { rows: [row] } = await pair.sides[side].query<{ oid: string }>('SELECT oid::text AS oid FROM pg_database WHERE datname = current_database()');
      return filesHolding(join(data, 'base', String(row?.oid)), her.markers).length;
    };
    const { certificate } = JSON.parse((await content(`${pair.register.url}/v1/erasures/${caseId}/certificate`)).toString()) as { certificate: { backupsGoneOn: string } };
    const apart = { heap: await heapOf('register') + await heapOf('marketing'), log: filesHolding(join(data, 'pg_wal'), her.markers).length };
    process.stdout.write(`· Apart from what is searched: ${apart.heap} file(s) of tables with dead rows, ${apart.log} of the write-ahead log, and backups until ${certificate.backupsGoneOn}\n`);
    expect(Date.parse(certificate.backupsGoneOn)).toBeGreaterThan(Date.now());
  });
});
