import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { CertificateKeys } from '#register/certificates/certificate-keys.service.js';
import { verified } from '#register/certificates/certificate.signature.js';
import type { Answer, TestRegister } from '#test/support/register.js';
import { waitFor } from '#test/support/wait-for.js';
import type { FakeMarketing } from './fake-marketing.js';
import { certificatePath, SearchScene } from './search-scene.js';

jest.setTimeout(30_000);

const scene = new SearchScene();
let register: TestRegister;
let marketing: FakeMarketing;
beforeAll(async () => {
  await scene.start();
  ({ register, marketing } = scene);
});
afterAll(async () => { await scene.stop(); });

const refusal = (answer: Answer): unknown[] => [answer.status, answer.body['type']];

const CLI = fileURLToPath(import.meta.resolve('#register/cli.js'));
const command = (...args: string[]): Promise<{ code: unknown; out: string }> => new Promise((resolve) => {
  execFile(process.execPath, [CLI, ...args], { env: {} }, (error, out, complaint) => { resolve({ code: error?.code ?? 0, out: out + complaint }); });
});

describe('a person of whom nothing is found', () => {
  it('gets a certificate that says so, verifies without a connection, and not with one byte changed', async () => {
    marketing.recipients = [{ id: 'mailchimp', name: 'Mailchimp (Intuit Inc.)', country: 'US' }];
    const aino = await scene.person();
    writeFileSync(join(scene.broker, 'segment'), `a message about ${aino.ref}`);
    await register.database.query('ANALYZE customer');
    const caseId = await scene.erased(aino);
    const { file, content } = await scene.certificate(caseId);
    marketing.recipients = [];

    expect(content).toMatchObject({
      caseId, ground: 'request', controller: { name: 'Confetti', businessId: '2309658-6' },
      stores: [
        { store: 'register', searched: { what: 'tables', found: 0 } }, { store: 'logs', searched: { what: 'files' } }, { store: 'broker', searched: { what: 'files', number: 1 } },
        { store: 'marketing', rowsDeleted: 1, searched: { what: 'tables', number: 14, bytes: 23_456 } },
      ],
      sought: ['email', 'phone', 'name-and-street', 'customer-id', 'ref'], notSoughtAsShared: [], recipients: [{ name: 'Mailchimp (Intuit Inc.)', country: 'US' }],
    });
    expect(content.retained.map(({ what }) => what)).toEqual(expect.arrayContaining(['erasure-log', 'tombstone', 'suppression']));
    expect(Date.parse(content.backupsGoneOn) - Date.parse(new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Helsinki' }).format(Date.parse(content.searchedAt)))).toBe(14 * 86_400_000);
    const times = [content.requestedAt, content.deletedAt, content.answeredAt, content.searchedAt, content.issuedAt];
    expect(times).toEqual(times.toSorted());
    expect(marketing.needles.get(caseId)!.values.map(({ text }) => text)).toEqual(expect.arrayContaining([aino.email, aino.phone, aino.id, aino.ref]));
    expect(await scene.row(caseId)).toMatchObject({ sealed: false, closed: true, findings: null });
    for (const value of [aino.email, aino.phone, aino.id, aino.ref, 'Virtanen']) expect(file).not.toContain(value);

    writeFileSync(join(scene.folder, 'certificate.json'), file);
    writeFileSync(join(scene.folder, 'changed.json'), file.replace('"found": 0', '"found": 1'));
    writeFileSync(join(scene.folder, 'lupa-certificate-keys.json'), JSON.stringify(await scene.publicKeys()));
    expect(await command('certificate:verify', join(scene.folder, 'certificate.json'))).toEqual({ code: 0, out: expect.stringContaining(`Genuine: case ${caseId}`) });
    expect(await command('certificate:verify', join(scene.folder, 'changed.json'))).toEqual({ code: 1, out: expect.stringContaining('changed') });

    for (const [language, title] of [['fi', 'Todistus tietojen poistamisesta'], ['sv', 'Intyg om radering'], ['en', 'Certificate of erasure']] as const) {
      const page = await scene.get(`${certificatePath(caseId)}/page?language=${language}`);
      expect([page.status, page.headers.get('content-type'), page.headers.get('content-security-policy')]).toEqual([200, 'text/html; charset=utf-8', expect.stringContaining("style-src 'unsafe-inline'")]);
      expect(await page.text()).toContain(`<h1>${title}</h1>`);
    }
  });

  it('is looked for by what she had before, but not by what of it is another’s own by now', async () => {
    const aino = await scene.person();
    const patch = async (contact: object): Promise<void> => {
      const { headers } = await register.call('GET', `/v1/customers/${aino.id}`);
      expect((await register.call('PATCH', `/v1/customers/${aino.id}`, { body: { contact }, headers: { 'if-match': headers.get('etag') ?? '' } })).status).toBe(200);
    };
    const [second, third] = [`${randomUUID()}@example.fi`, `${randomUUID()}@example.fi`];
    await patch({ email: second, phone: null, lastName: `${aino.lastName}9` });
    await patch({ email: third });
    expect((await register.call('POST', '/v1/customers', { body: { contact: { firstName: 'Eeva', email: second } } })).status).toBe(201);
    await register.database.query('CREATE TABLE planted (note text)');
    await register.database.query('INSERT INTO planted VALUES ($1), ($2), ($3), ($4)', [`wrote to ${aino.email}`, second, `called ${aino.phone}`, `Aino ${aino.lastName}, ${aino.street}`]);
    const caseId = await scene.erased(aino);
    expect((await scene.kept(caseId)).findings!.found).toEqual([{ store: 'register', place: 'public.planted', count: 3 }]);
    expect(marketing.needles.get(caseId)!.values.map(({ text }) => text).toSorted()).toEqual([aino.id, aino.ref, aino.email, third, aino.phone].toSorted());
    expect(marketing.needles.get(caseId)!.together).toEqual([['Aino', `${aino.lastName}9`, aino.street], ['Aino', aino.lastName, aino.street]]);
    await register.database.query('DROP TABLE planted');
    expect((await scene.certificate(caseId)).content).toMatchObject({ sought: ['email', 'phone', 'name-and-street', 'customer-id', 'ref'], notSoughtAsShared: ['email'] });
  });

  it('is not looked for by what somebody of today has as well, and the certificate says so', async () => {
    const [aino, eino, elsa] = [await scene.person(), await scene.person(), await scene.person()];
    await scene.person({ firstName: 'Elsa Aino', lastName: `Korhonen-${elsa.lastName}`, street: elsa.street });
    const anna = await scene.person({ firstName: 'Aino Anna', lastName: `${aino.lastName}-Korhonen`, street: `${aino.street} B 2`, phone: eino.phone });
    const [ainosCase, einosCase] = [await scene.erased(aino), await scene.erased(eino)];
    expect((await scene.certificate(ainosCase)).content).toMatchObject({ sought: ['email', 'phone', 'customer-id', 'ref'], notSoughtAsShared: ['name-and-street'] });
    expect((await scene.certificate(einosCase)).content).toMatchObject({ sought: ['email', 'name-and-street', 'customer-id', 'ref'], notSoughtAsShared: ['phone'] });
    expect((await scene.certificate(await scene.erased(elsa))).content).toMatchObject({ notSoughtAsShared: ['name-and-street'] });
    expect(marketing.needles.get(ainosCase)).toMatchObject({ together: [] });
    expect(marketing.needles.get(einosCase)!.values.map(({ kind }) => kind)).not.toContain('phone');
    expect((await register.call('GET', `/v1/customers/${anna.id}`)).status).toBe(200);
  });
});

describe('a person of whom something is found', () => {
  it('has no certificate while a row of a table that nobody told of, or a line of a log, holds her; and has one when they are gone', async () => {
    const aino = await scene.person();
    await register.database.query('CREATE TABLE planted AS SELECT $1::text AS note', [`to ${aino.email}`]);
    writeFileSync(join(scene.logs, 'service.log'), `called ${aino.phone}\n`);
    const caseId = await scene.erased(aino);
    const found = [{ store: 'register', place: 'public.planted', count: 1 }, { store: 'logs', place: 'service.log', count: 1 }];
    expect((await scene.kept(caseId)).findings).toEqual({ found, unsearched: [] });
    expect(refusal(await register.call('GET', certificatePath(caseId)))).toEqual([409, '/problems/certificate-not-issued']);
    expect([await scene.metric('erasures_found'), await scene.metric('erasures_open')]).toEqual([1, 1]);
    const told = register.log.filter((line) => line.includes('erased-person-found'));
    const lines = told.map((line) => JSON.parse(line) as object);
    for (const each of found) expect(lines).toContainEqual(expect.objectContaining({ caseId, ...each }));
    expect(register.log.join('')).not.toMatch(new RegExp(`${aino.email}|${aino.phone.slice(1)}|${aino.id}|${aino.ref}`));

    await register.database.query('DROP TABLE planted');
    const { searches } = await scene.row(caseId);
    await waitFor('another search', async () => (await scene.row(caseId)).searches > searches);
    expect(await scene.row(caseId)).toMatchObject({ closed: false, sealed: true, findings: { found: [found[1]] } });
    writeFileSync(join(scene.logs, 'service.log'), 'nothing\n');
    expect((await scene.certificate(caseId)).content.caseId).toBe(caseId);
    expect([await scene.metric('erasures_found'), await scene.metric('erasures_open')]).toEqual([0, 0]);
  });

  it('has none when marketing itself states that rows were left', async () => {
    marketing.rowsLeft = 2;
    const caseId = await scene.erased(await scene.person());
    expect((await scene.kept(caseId)).findings).toEqual({ found: [{ store: 'marketing', place: 'statement of the erasure', count: 2 }], unsearched: [] });
    marketing.rowsLeft = 0;
    expect(refusal(await register.call('GET', certificatePath(caseId)))).toEqual([409, '/problems/certificate-not-issued']);
    await register.database.query('DELETE FROM erasure_case WHERE id = $1', [caseId]);
  });

  it('has none when marketing has stated the deletion of somebody else', async () => {
    marketing.about = randomUUID();
    const caseId = await scene.erased(await scene.person());
    expect((await scene.kept(caseId)).findings).toEqual({ found: [], unsearched: [{ store: 'marketing', place: 'statement of the erasure', reason: 'unreadable' }] });
    marketing.about = undefined;
    await register.database.query('DELETE FROM erasure_case WHERE id = $1', [caseId]);
  });

  it.each<[string, () => void, object]>([
    ['marketing has found her', () => { marketing.found = [{ store: 'exports', place: 'a.csv', count: 2 }]; }, { found: [{ store: 'exports', place: 'a.csv', count: 2 }], unsearched: [] }],
    ['marketing could not search a place', () => { marketing.unsearched = [{ store: 'exports', place: 'b.csv', reason: 'EACCES' }]; }, { found: [], unsearched: [{ store: 'exports', place: 'b.csv', reason: 'EACCES' }] }],
    ['the register could not', () => { rmSync(scene.logs, { recursive: true }); }, { found: [], unsearched: [{ store: 'logs', place: '.', reason: 'ENOENT' }] }],
  ])('stays open while %s', async (_, plant, findings) => {
    plant();
    const caseId = await scene.erased(await scene.person());
    expect((await scene.kept(caseId)).findings).toEqual(findings);
    [marketing.found, marketing.unsearched] = [[], []];
    await mkdir(scene.logs, { recursive: true });
    expect((await scene.certificate(caseId)).content.caseId).toBe(caseId);
  });
});

describe('a round', () => {
  it('that marketing does not answer is given up and begun anew; whoever asks about it is told that it is over', async () => {
    marketing.answersSearches = false;
    const [before, caseId] = [marketing.rounds.length, await scene.erased(await scene.person())];
    await waitFor('a second round', () => marketing.rounds.length >= before + 2);
    const old = marketing.rounds[before]!;
    await expect(marketing.ask(old)).rejects.toMatchObject({ remoteCode: 'unknown-round' });
    await marketing.answer(old, [caseId]);
    marketing.answersSearches = true;
    const { content } = await scene.certificate(caseId);
    expect(content.searchStatement).not.toContain(Buffer.from(`"roundId":"${old}"`).toString('base64url').slice(4, -4));
  });

  it('whose answer is about another number of people closes nothing', async () => {
    marketing.answersSearches = false;
    const [before, caseId] = [marketing.rounds.length, await scene.erased(await scene.person())];
    await waitFor('a round', () => marketing.rounds.length > before);
    await marketing.answer(marketing.rounds[before]!, [], 0);
    await waitFor('the round to be given up', () => register.log.some((line) => line.includes('other-cases')));
    expect((await scene.row(caseId)).closed).toBe(false);
    marketing.answersSearches = true;
    await scene.certificate(caseId);
  });

  it('closes the others while what one case looks for cannot be read', async () => {
    const [aino, eino] = [await scene.person(), await scene.person()];
    await register.database.query('ALTER TABLE erasure_case ADD COLUMN sealed_before bytea');
    await register.database.query(`CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.sealed_before := NEW.sealed_values; NEW.sealed_values := 'x'; RETURN NEW; END $$`);
    await register.database.query(`CREATE TRIGGER spoil BEFORE INSERT ON erasure_case FOR EACH ROW EXECUTE FUNCTION spoil()`);
    const ainosCase = await scene.erased(aino);
    await register.database.query('DROP FUNCTION spoil() CASCADE');
    await scene.certificate(await scene.erased(eino));
    expect((await scene.kept(ainosCase)).findings).toEqual({ found: [], unsearched: [{ store: 'register', place: 'what to look for', reason: 'unreadable' }] });
    await register.database.query('UPDATE erasure_case SET sealed_values = sealed_before WHERE id = $1', [ainosCase]);
    await register.database.query('ALTER TABLE erasure_case DROP COLUMN sealed_before');
    await scene.certificate(ainosCase);
  });

  it('is begun by one instance at a time, and one that was left open by a crash is given up', async () => {
    const other = new Client(register.databaseUrl);
    await other.connect();
    try {
      await other.query(`SELECT pg_advisory_lock(hashtext('lupa:search-rounds'))`);
      await register.database.query(`INSERT INTO search_round (id, cases) VALUES ($1, 1)`, [randomUUID()]);
      const [before, caseId] = [marketing.rounds.length, await scene.erased(await scene.person())];
      await waitFor('the answer', async () => (await register.database.query<object[]>('SELECT 1 FROM erasure_case WHERE id = $1 AND answered_at IS NOT NULL', [caseId])).length === 1);
      await waitFor('some looks at the lock', async () => {
        const [row] = await register.database.query<{ waits: string }[]>(`SELECT calls::text AS waits FROM (SELECT extract(epoch FROM clock_timestamp() - answered_at) * 10 AS calls FROM erasure_case WHERE id = $1) AS c`, [caseId]);
        return Number(row!.waits) > 5;
      });
      expect(marketing.rounds.length).toBe(before);
      await other.query(`SELECT pg_advisory_unlock(hashtext('lupa:search-rounds'))`);
      await scene.certificate(caseId);
      await waitFor('no round to be open', async () => (await register.database.query<object[]>('SELECT 1 FROM search_round WHERE ended_at IS NULL')).length === 0);
    } finally {
      await other.end();
    }
  });
});

describe('the key of certificates', () => {
  it('is replaced without a trace of its private half, and what it signed verifies for ever', async () => {
    const before = await scene.certificate(await scene.erased(await scene.person()));
      await register.app.get(CertificateKeys, { strict: false }).rotate();
    const after = await scene.certificate(await scene.erased(await scene.person()));
    const keys = await scene.publicKeys();
    const verdicts = [await verified(before.file, keys), await verified(after.file, keys)];
    expect(verdicts).toEqual([expect.objectContaining({ genuine: true }), expect.objectContaining({ genuine: true })]);
    expect(new Set(verdicts.map((verdict) => verdict.genuine && verdict.kid)).size).toBe(2);
    expect(await register.database.query('SELECT count(*)::int AS all, count(private_key)::int AS signing FROM certificate_key')).toEqual([{ all: 2, signing: 1 }]);
  });

  it('is published beside the schema of certificates, to everybody', async () => {
    const schema = (await (await fetch(`${register.url}/v1/schemas/erasure-certificate`)).json()) as { title: string };
    expect([schema.title, (await scene.publicKeys()).keys.every((key) => !('d' in key))]).toEqual(['Certificate of erasure', true]);
  });

  it('is asked for with a scope, and of a case that there is', async () => {
    const token = await register.token({ scopes: ['customers:read'] });
    expect(refusal(await register.call('GET', certificatePath(randomUUID()), { token }))).toEqual([403, '/problems/scope-missing']);
    expect(refusal(await register.call('GET', certificatePath(randomUUID())))).toEqual([404, '/problems/erasure-case-not-found']);
  });
});
