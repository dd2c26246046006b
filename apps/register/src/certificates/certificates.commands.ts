import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { certificatePage } from './certificate-page.js';
import { type Language, LANGUAGES } from './certificate-texts.js';
import { type Certificate, type CertificateKeys, CertificateKeysSchema } from './certificate.schemas.js';
import { type Refusal, verified } from './certificate.signature.js';
import { refusalOfWord, type WordRefusal } from './marketing-word.signature.js';

const REFUSALS: Readonly<Record<Refusal, string>> = {
  'not-as-issued': 'This is not a certificate as it was issued: the file was changed, cut short, or is something else.',
  'unknown-key': 'The certificate is signed with a key that is not among those given.',
  'signature-wrong': 'The signature is wrong: the certificate was changed, or is not of this register.',
  'content-changed': 'What the certificate says was changed: it is not what was signed.',
};
const WORD_REFUSALS: Readonly<Record<WordRefusal, string>> = {
  'deletion-not-signed': 'The certificate is genuine, but its statement on the deletion is not signed by marketing.',
  'search-not-signed': 'The certificate is genuine, but its statement on the search is not signed by marketing.',
  'not-clean': 'The certificate is genuine, but marketing stated that something was left, found, or not searched.',
  'differs': 'The certificate is genuine, but says something else than marketing stated: of stores, numbers, times or recipients.',
};
const KEYS_FILE = 'lupa-certificate-keys.json';

/** Commands that need neither database nor configuration, so that whoever holds a certificate can run them. */
export const CERTIFICATE_COMMANDS = {
  'certificate:verify': {
    usage: 'certificate:verify FILE [--keys FILE] [--marketing-keys FILE]',
    summary: `Says whether a certificate of erasure is genuine, without any connection. Keys: as published at /.well-known/${KEYS_FILE}, by default in the file of that name beside the certificate. With the keys of marketing (/.well-known/lupa-statement-keys.json) also whether both of its statements are, and bear the certificate out.`,
    async run(args: string[]): Promise<void> {
      const { certificate, kid, marketingKeys } = await genuine(args);
      const refusal = marketingKeys && await refusalOfWord(certificate, marketingKeys);
      if (refusal) throw new Error(WORD_REFUSALS[refusal]);
      const word = marketingKeys ? ' Marketing says the same, under its own key.' : '';
      console.log(`Genuine: case ${certificate.caseId}, erased ${certificate.deletedAt}, found nothing in ${certificate.stores.length} store(s) ${certificate.searchedAt}; key ${kid}.${word}`);
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

async function genuine(args: string[]): Promise<{ certificate: Certificate; kid: string; language: Language; marketingKeys: CertificateKeys | undefined }> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { 'keys': { type: 'string' }, 'marketing-keys': { type: 'string' }, 'language': { type: 'string', default: 'fi' } } });
  const [path, ...more] = positionals;
  const language = LANGUAGES.find((each) => each === values.language);
  if (path === undefined || more.length > 0 || language === undefined) throw new Error('Give the file of one certificate, and of languages fi, sv, or en.');
  const keys = await keysIn(values.keys ?? join(dirname(path), KEYS_FILE));
  const marketingKeys = values['marketing-keys'] === undefined ? undefined : await keysIn(values['marketing-keys']);
  const verdict = await verified(await textOf(path), keys);
  if (!verdict.genuine) throw new Error(REFUSALS[verdict.refusal]);
  return { certificate: verdict.certificate, kid: verdict.kid, language, marketingKeys };
}

async function keysIn(path: string): Promise<CertificateKeys> {
  const keys = CertificateKeysSchema.safeParse(jsonOf(await textOf(path)));
  if (!keys.success) throw new Error('The file of keys holds none that certificates or statements are signed with.');
  return keys.data;
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
