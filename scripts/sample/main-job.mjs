// The main job, played once for a reader: in by consent, out by withdrawal, erased with marketing's own answer.
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Told } from '../lib/say.mjs';
import { apiClient } from './api.mjs';
import { shownOn } from './wordings.mjs';

const PATIENCE_MS = 60_000;
const POLL_MS = 4;

/**
 * Plays it with two people made up for the purpose, who are erased in the end, so that it may be played again.
 * Tokens are strings or async functions; `print(line)` takes each line as it happens.
 * Resolves to { listedMs, goneMs, answeredMs }, milliseconds from the register's answer to what marketing shows.
 * @throws Told with a sentence when the lists do not open, or nothing happens, within a minute
 */
export async function playMainJob({ registerUrl, marketingUrl, shopToken, staffToken, marketingToken, print }) {
  const shop = apiClient({ url: registerUrl, token: shopToken });
  const staff = apiClient({ url: registerUrl, token: staffToken });
  const marketing = apiClient({ url: marketingUrl, token: marketingToken, patienceMs: PATIENCE_MS });
  const line = (who, what) => print(`  ${who.padEnd(10)} ${what}`);

  await untilFresh(marketing, line);
  const { sha256 } = await shop('The wording', 'GET', '/v1/wordings/newsletter/2/fi');
  const [aino, erik] = [madeUp('Aino', 'Virtanen', ['email']), madeUp('Erik', 'Lindholm', ['email', 'post'])];

  const before = await count(marketing);
  line('Shop', `${aino.name} opts in to the newsletter. The register keeps the text she saw as proof.`);
  const ainoAdded = await register(shop, aino, sha256);
  const listed = await untilListed(marketing, aino, true, ainoAdded.at);
  assertOnlyEmail(listed.contact);
  line('Marketing', `On the email list after ${inMs(listed.ms)}: ${listed.contact.email},`);
  line('', `without her phone and postal address. The list: ${number(before)} → ${number(await count(marketing))} people.`);

  line('Shop', 'She withdraws.');
  const evidence = { decision: 'withdrawn', decidedAt: new Date().toISOString(), method: 'account-settings', sourceSystem: 'web-shop' };
  await shop('The withdrawal', 'PUT', `/v1/customers/${ainoAdded.id}/consents/marketing/email`, { body: evidence, key: randomUUID() });
  const gone = await untilListed(marketing, aino, false, performance.now());
  line('Marketing', `Gone from the list ${inMs(gone.ms)} after the register's answer. ${number(await count(marketing))} people.`);

  line('Shop', `${erik.name} opts in to newsletter and catalogue, and asks to be erased.`);
  const erikAdded = await register(shop, erik, sha256);
  await untilListed(marketing, erik, true, erikAdded.at);
  const answered = await erase(staff, erikAdded.id);
  line('Register', `${rows(answered.rowsDeleted)} of him deleted at once. Case ${answered.caseId.slice(0, 8)} waits for marketing.`);
  for (const [index, text] of statementInWords(answered.statement).entries()) {
    line(index === 0 ? 'Marketing' : '', index === 0 ? `Answers after ${inMs(answered.ms)}, signed: ${text}` : text);
  }
  const { ms: closedMs } = await untilCase(staff, answered.caseId, ({ state }) => state === 'closed', 'No search of every store found nothing');
  line('Register', `Every store searched again, nothing of him found. The case is closed after ${inMs(answered.ms + closedMs)}, with a certificate.`);
  await erase(staff, ainoAdded.id);
  return { listedMs: listed.ms, goneMs: gone.ms, answeredMs: answered.ms };
}

const number = (value) => value.toLocaleString('en-GB');
const rows = (count) => `${count} ${count === 1 ? 'row' : 'rows'}`;
const inMs = (ms) => (ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** Somebody nobody has met: the address carries a random mark, so that a second play meets no leftovers of the first. */
function madeUp(firstName, lastName, channels) {
  const mark = randomBytes(4).toString('hex');
  return { name: `${firstName} ${lastName}`, firstName, lastName, channels, email: `${firstName}.${lastName}.${mark}@example.fi`.toLowerCase() };
}

async function register(shop, { firstName, lastName, email, channels }, sha256) {
  const decidedAt = new Date().toISOString();
  const wordings = {
    email: { id: 'newsletter', version: 2, language: 'fi', sha256 },
    post: channels.includes('post') && (await catalogueWording(shop)),
  };
  const body = {
    contact: {
      firstName, lastName, email, phone: '045 120 6627', language: 'fi',
      address: { street: 'Moukarinkuja 4 C 1', postalCode: '04300', city: 'Tuusula' },
    },
    interests: ['balloons'],
    consents: channels.map((channel) => ({
      purpose: 'marketing', channel, decision: 'granted', decidedAt, method: 'checkout', form: '/checkout', sourceSystem: 'web-shop', wording: wordings[channel],
    })),
  };
  const { id } = await shop('The registration', 'POST', '/v1/customers', { body, key: randomUUID() });
  return { id, at: performance.now() };
}

async function catalogueWording(shop) {
  const { id, version } = shownOn('post', '2026-01-01');
  const { sha256 } = await shop('The wording', 'GET', `/v1/wordings/${id}/${version}/fi`);
  return { id, version, language: 'fi', sha256 };
}

/** Waits until lists are shown and everything written before now has been taken in. */
async function untilFresh(marketing, line) {
  const begun = Date.now();
  for (let told = false; ; await sleep(100)) {
    const state = await marketing('The freshness of the lists', 'GET', '/v1/freshness');
    if (state.fresh && Date.parse(state.asOf) >= begun) {
      if (told) line('Marketing', `Its lists are fresh, after ${inMs(Date.now() - begun)}.`);
      return;
    }
    if (!told && Date.now() - begun > 500) {
      line('Marketing', state.fresh ? 'Takes in what was written before …' : `Shows no list until it is fresh (${state.reason}); waiting up to 60 s …`);
      told = true;
    }
    if (Date.now() - begun > PATIENCE_MS) throw new Told(`Marketing's lists were not fresh within 60 s (${state.reason ?? 'it lags behind'}).`);
  }
}

async function count(marketing) {
  return (await marketing('The count', 'POST', '/v1/audience/count', { body: { channel: 'email' } })).count;
}

/** Asks marketing again and again until the person is on its email list, or no longer; `since` on the clock of performance.now(). */
async function untilListed(marketing, person, wanted, since) {
  for (;;) {
    const contact = await findListed(marketing, person);
    const ms = performance.now() - since;
    if (Boolean(contact) === wanted) return { contact, ms };
    if (ms > PATIENCE_MS) throw new Told(`${person.name} was ${wanted ? 'not on' : 'still on'} marketing's list after 60 s.`);
    await sleep(POLL_MS);
  }
}

/** Only consents of the last minutes are looked through: a page or two even of a long list. */
async function findListed(marketing, { email }) {
  const filter = { interests: { all: ['balloons'] }, granted: { since: new Date(Date.now() - 5 * 60_000).toISOString() } };
  for (let cursor; ; ) {
    const page = await marketing('The list', 'POST', '/v1/audience/query', { purpose: 'marketing', body: { channel: 'email', filter, limit: 1000, ...(cursor && { cursor }) } });
    const found = page.contacts.find((contact) => contact.email === email);
    if (found || !page.nextCursor) return found;
    cursor = page.nextCursor;
  }
}

/** The register holds her phone and postal address too; neither was opted in to. */
function assertOnlyEmail(contact) {
  const unexpected = ['phone', 'address'].filter((field) => contact[field] !== undefined);
  if (unexpected.length > 0) throw new Told(`Marketing shows ${unexpected.join(' and ')} without consent. That must never happen; please report it.`);
}

async function erase(staff, id) {
  // Whoever erases somebody else confirms what the preview has shown.
  const { etag } = await staff('The preview of the erasure', 'GET', `/v1/customers/${id}/erasure-preview`, { purpose: 'rights-and-obligations', withTag: true });
  const { caseId } = await staff('The erasure', 'DELETE', `/v1/customers/${id}`, { key: randomUUID(), ifMatch: etag });
  const { found, ms } = await untilCase(staff, caseId, ({ marketing }) => marketing !== null, 'Marketing did not answer the erasure');
  return { caseId, rowsDeleted: found.rowsDeleted, ms, statement: found.marketing.statement };
}

/** Asks for the case until it is `as` wanted; resolves to it and the milliseconds that took. */
async function untilCase(staff, caseId, as, otherwise) {
  const since = performance.now();
  for (;;) {
    const found = await staff('The erasure case', 'GET', `/v1/erasures/${caseId}`);
    const ms = performance.now() - since;
    if (as(found)) return { found, ms };
    if (ms > PATIENCE_MS) throw new Told(`${otherwise} within 60 s.`);
    await sleep(POLL_MS);
  }
}

/** The payload of a compact JWS (RFC 7515) in two lines for a reader. */
function statementInWords(jws) {
  const { rowsDeleted, rowsLeft, recipients, appliedAt } = JSON.parse(Buffer.from(jws.split('.')[1], 'base64url'));
  return [
    `${rows(rowsDeleted)} deleted at ${appliedAt.slice(11, 19)} UTC, ${rowsLeft} left`,
    `in a re-scan, ${recipients.length === 0 ? 'no export held him' : `exports that held him went to ${recipients.join(', ')}`}.`,
  ];
}
