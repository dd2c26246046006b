import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { certificatePage } from './certificate-page.js';
import { type Language, LANGUAGES } from './certificate-texts.js';
import { type Certificate, CertificateKeysSchema } from './certificate.schemas.js';
import { type Refusal, verified } from './certificate.signature.js';

const REFUSALS: Readonly<Record<Refusal, string>> = {
  'not-as-issued': 'This is not a certificate as it was issued: the file was changed, cut short, or is something else.',
  'unknown-key': 'The certificate is signed with a key that is not among those given.',
  'signature-wrong': 'The signature is wrong: the certificate was changed, or is not of this register.',
  'content-changed': 'What the certificate says was changed: it is not what was signed.',
};
const KEYS_FILE = 'lupa-certificate-keys.json';

/** Commands that need neither database nor configuration, so that whoever holds a certificate can run them. */
export const CERTIFICATE_COMMANDS = {
  'certificate:verify': {
    usage: 'certificate:verify FILE [--keys FILE]',
    summary: `Says whether a certificate of erasure is genuine, without any connection. Keys: as published at /.well-known/${KEYS_FILE}, by default in the file of that name beside the certificate.`,
    async run(args: string[]): Promise<void> {
      const { certificate, kid } = await genuine(args);
      console.log(`Genuine: case ${certificate.caseId}, erased ${certificate.deletedAt}, found nothing in ${certificate.stores.length} store(s) ${certificate.searchedAt}; key ${kid}.`);
    },
  },
  'certificate:print': {
    usage: 'certificate:print FILE [--keys FILE] [--language fi|sv|en]',
    summary: 'Verifies a certificate of erasure and writes it to standard output as a page for printing (HTML).',
    async run(args: string[]): Promise<void> {
      const { certificate, language } = await genuine(args);
      console.log(certificatePage(certificate, language));
    },
  },
} as const;

async function genuine(args: string[]): Promise<{ certificate: Certificate; kid: string; language: Language }> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { keys: { type: 'string' }, language: { type: 'string', default: 'fi' } } });
  const [path, ...more] = positionals;
  const language = LANGUAGES.find((each) => each === values.language);
  if (path === undefined || more.length > 0 || language === undefined) throw new Error('Give the file of one certificate, and of languages fi, sv, or en.');
  const keys = CertificateKeysSchema.safeParse(jsonOf(await textOf(values.keys ?? join(dirname(path), KEYS_FILE))));
  if (!keys.success) throw new Error('The file of keys holds none that certificates are signed with.');
  const verdict = await verified(await textOf(path), keys.data);
  if (!verdict.genuine) throw new Error(REFUSALS[verdict.refusal]);
  return { certificate: verdict.certificate, kid: verdict.kid, language };
}

async function textOf(path: string): Promise<string> {
  const bytes = await readFile(path).catch(() => { throw new Error(`${path} cannot be read.`); });
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Error(`${path} is not text.`);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
