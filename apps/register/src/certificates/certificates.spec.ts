import { CompactSign, type CryptoKey, exportJWK, generateKeyPair } from 'jose';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { certificatePage } from './certificate-page.js';
import { CERTIFICATE_TEXTS, LANGUAGES } from './certificate-texts.js';
import { type Certificate, certificateJsonSchema, type CertificateKeys, CertificateSchema } from './certificate.schemas.js';
import { fileOf, signed, verified } from './certificate.signature.js';

const searched = { at: '2026-11-23T06:00:04Z', what: 'tables', number: 31, bytes: 81_234_567, found: 0 } as const;
const CERTIFICATE: Certificate = {
  format: 'lupa-erasure-certificate-1',
  controller: { name: 'Confetti <& Co>', businessId: '2309658-6', postalAddress: 'Moukarinkuja 4 C1, 04300 Tuusula, FI', email: 'info@confetti.fi' },
  register: { fi: 'Verkkokaupan asiakasrekisteri', sv: 'Webbutikens kundregister', en: 'Customer register of the web shop' },
  caseId: 'b7f5a9ce-52c5-4ad5-8d43-0f2a43bb8c11', ground: 'request',
  requestedAt: '2026-11-23T06:00:00Z', deletedAt: '2026-11-23T06:00:00Z', answeredAt: '2026-11-23T06:00:02Z', searchedAt: '2026-11-23T06:00:04Z', issuedAt: '2026-11-23T06:00:05Z',
  stores: [
    { store: 'register', rowsDeleted: 23, searched }, { store: 'marketing', rowsDeleted: 1, searched: { ...searched, number: 14, bytes: 23_456_789 } },
    { store: 'logs', rowsDeleted: 0, searched: { ...searched, what: 'files', number: 6, bytes: 1_048_576 } }, { store: 'broker', rowsDeleted: 0, searched: { ...searched, what: 'files', number: 45, bytes: 440_048 } },
  ],
  sought: ['email', 'name-and-street', 'customer-id', 'ref'], notSoughtAsShared: ['phone'],
  retained: [
    { what: 'tombstone', legalBasis: 'GDPR Art. 17(3)(b), 5(2)', until: null }, { what: 'suppression', legalBasis: 'GDPR Art. 21(3)', until: null },
    { what: 'request-record', legalBasis: 'GDPR Art. 5(2), 12(3)', until: '2029-11-23' },
  ],
  backupsGoneOn: '2026-12-23',
  recipients: [{ name: 'Postittaja Oy', country: 'FI', noticeIssuedAt: '2026-11-23T06:00:03Z' }],
  marketingStatement: 'eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl', searchStatement: 'eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl',
};

describe('a certificate of erasure', () => {
  let file: string;
  let keys: CertificateKeys;
  let directory: string;
  let signingKey: CryptoKey;

  beforeAll(async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    signingKey = privateKey;
    keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'certificates-1' } as CertificateKeys['keys'][number]] };
    file = fileOf(await signed(CERTIFICATE, { kid: 'certificates-1', privateKey }));
    directory = mkdtempSync(join(tmpdir(), 'lupa-certificate-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('verifies with the key it was signed with, and says the same as before', async () => {
    expect(await verified(file, keys)).toEqual({ genuine: true, certificate: CERTIFICATE, kid: 'certificates-1' });
  });

  it('is refused when any byte of it is changed, left out, or added', async () => {
    const passed: number[] = [];
    for (let at = 0; at < file.length; at += 1) {
      const other = file[at] === 'A' ? 'B' : 'A';
      for (const changed of [file.slice(0, at) + other + file.slice(at + 1), file.slice(0, at) + file.slice(at + 1), `${file.slice(0, at)} ${file.slice(at)}`]) {
        if (changed !== file && (await verified(changed, keys)).genuine) passed.push(at);
      }
    }
    expect(passed).toEqual([]);
  }, 60_000);

  it('is refused with the last letter of its signature changed to one that means the same bytes', async () => {
    const { jws } = JSON.parse(file) as { jws: string };
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const twin = letters[letters.indexOf(jws.at(-1)!) ^ 1]!;
    expect(Buffer.from(jws.slice(0, -1) + twin, 'base64url')).toEqual(Buffer.from(jws, 'base64url'));
    expect(await verified(file.replace(jws, jws.slice(0, -1) + twin), keys)).toEqual({ genuine: false, refusal: 'not-as-issued' });
  });

  it('is refused when it is readable text over the signature of another, or signed by somebody else', async () => {
    const readable = file.replace('"rowsDeleted": 23', '"rowsDeleted": 24');
    expect(await verified(readable, keys)).toEqual({ genuine: false, refusal: 'content-changed' });
    const { privateKey } = await generateKeyPair('ES256');
    expect(await verified(fileOf(await signed(CERTIFICATE, { kid: 'certificates-1', privateKey })), keys)).toEqual({ genuine: false, refusal: 'signature-wrong' });
    expect(await verified(fileOf(await signed(CERTIFICATE, { kid: 'other', privateKey })), keys)).toEqual({ genuine: false, refusal: 'unknown-key' });
  });

  it('is refused when the same key signed it as something else', async () => {
    const jws = await new CompactSign(Buffer.from(JSON.stringify(CERTIFICATE))).setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: 'certificates-1' }).sign(signingKey);
    expect(await verified(`${JSON.stringify({ certificate: CERTIFICATE, jws }, null, 2)}\n`, keys)).toEqual({ genuine: false, refusal: 'signature-wrong' });
  });

  it('cannot say that something was found', () => {
    const [store, ...others] = CERTIFICATE.stores;
    expect(CertificateSchema.safeParse({ ...CERTIFICATE, stores: [{ ...store, searched: { ...searched, found: 1 } }, ...others] }).success).toBe(false);
  });

  it('fits its published JSON Schema', () => {
    const ajv = new Ajv2020({ strict: false });
    (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
    const fits = ajv.compile(certificateJsonSchema());
    expect(fits(JSON.parse(file))).toBe(true);
    expect(fits({ ...(JSON.parse(file) as object), more: 1 })).toBe(false);
  });

  it.each(LANGUAGES)('is a page in %s with all it says, and no markup of anybody else', (language) => {
    const page = certificatePage(CERTIFICATE, language);
    expect(page).toContain(`<html lang="${language}">`);
    for (const text of [CERTIFICATE.caseId, 'Confetti &lt;&amp; Co&gt;', 'Postittaja Oy', CERTIFICATE.register[language], CERTIFICATE_TEXTS[language].what.suppression, CERTIFICATE_TEXTS[language].sought.kinds.phone]) expect(page).toContain(text);
    expect(page).not.toMatch(/<script|https?:|undefined|Invalid/);
  });

  describe('certificate:verify', () => {
    const cli = fileURLToPath(import.meta.resolve('#register/cli.js'));
    const run = (...args: string[]): Promise<{ code: unknown; out: string }> => new Promise((resolve) => {
      execFile(process.execPath, [cli, ...args], { env: {} }, (error, out, complaint) => { resolve({ code: error?.code ?? 0, out: out + complaint }); });
    });

    it('needs no service, no database, no configuration', async () => {
      writeFileSync(join(directory, 'certificate.json'), file);
      writeFileSync(join(directory, 'lupa-certificate-keys.json'), JSON.stringify(keys));
      expect(await run('certificate:verify', join(directory, 'certificate.json'))).toEqual({ code: 0, out: expect.stringContaining('Genuine: case b7f5a9ce') });
      expect(await run('certificate:print', join(directory, 'certificate.json'), '--language', 'sv')).toEqual({ code: 0, out: expect.stringContaining('Intyg om radering') });
    }, 60_000);

    it('refuses in a sentence', async () => {
      writeFileSync(join(directory, 'changed.json'), file.replace('2026-12-23', '2026-12-24'));
      expect(await run('certificate:verify', join(directory, 'changed.json'))).toEqual({ code: 1, out: 'What the certificate says was changed: it is not what was signed.\n' });
      expect(await run('certificate:verify', join(directory, 'certificate.json'), '--marketing-keys', join(directory, 'lupa-certificate-keys.json')))
        .toEqual({ code: 1, out: 'The certificate is genuine, but its statement on the deletion is not signed by marketing.\n' });
      expect(await run('certificate:verify', join(directory, 'nowhere.json'))).toMatchObject({ code: 1, out: expect.stringContaining('cannot be read') });
    }, 60_000);
  });
});
