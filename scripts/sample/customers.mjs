// One made-up customer for each seed and index: always the same one. Pure; nobody here exists.
import { nameFor } from './names.mjs';
import { addressFor, placeFor } from './places.mjs';
import { randomFor } from './random.mjs';
import { shownOn } from './wordings.mjs';

/** All decisions lie in these 17 months, whatever the day on which the sample is loaded: the same body every time. */
const FIRST_DAY = Date.parse('2024-01-02T06:00:00Z');
const DAYS = 515;
const MINUTE_MS = 60_000;

const OCCUPATIONS = [
  ['sairaanhoitaja', 'sjukskötare', 'nurse'], ['opettaja', 'lärare', 'teacher'], ['myyjä', 'försäljare', 'shop assistant'],
  ['ohjelmistokehittäjä', 'programutvecklare', 'software developer'], ['lähihoitaja', 'närvårdare', 'practical nurse'],
  ['varhaiskasvattaja', 'småbarnspedagog', 'early childhood educator'], ['kirjanpitäjä', 'bokförare', 'accountant'],
  ['sähköasentaja', 'elmontör', 'electrician'], ['yrittäjä', 'företagare', 'entrepreneur'], ['opiskelija', 'studerande', 'student'],
  ['kokki', 'kock', 'cook'], ['linja-autonkuljettaja', 'busschaufför', 'bus driver'], ['insinööri', 'ingenjör', 'engineer'],
  ['tapahtumatuottaja', 'eventproducent', 'event producer'], ['kätilö', 'barnmorska', 'midwife'], ['maanviljelijä', 'jordbrukare', 'farmer'],
];
const RETIRED = ['eläkeläinen', 'pensionär', 'retired'];
const OCCUPATION_LANGUAGES = ['fi', 'sv', 'en'];

const INTERESTS = [
  ['balloons', 9], ['tableware', 7], ['decorations', 8], ['birthday', 10], ['christmas', 6], ['vappu', 5], ['costumes', 4],
  ['halloween', 4], ['baking', 4], ['wedding', 3], ['graduation', 3], ['christening', 2],
];

/** Finnish mobile prefixes. A seven-digit subscriber number follows each. */
const MOBILE = ['040', '041', '044', '045', '046', '050'];

const HOW = {
  email: [[['checkout', '/checkout'], 6], [['web-form', '/newsletter'], 3], [['account-settings', '/account/consents'], 2]],
  sms: [[['checkout', '/checkout'], 5], [['account-settings', '/account/consents'], 3]],
  phone: [[['phone-call', undefined], 3], [['account-settings', '/account/consents'], 2]],
  post: [[['checkout', '/checkout'], 4], [['paper', 'fair-2024'], 1], [['in-person', 'shop-tuusula'], 1]],
};

/**
 * What to send for customer `index` of sample `seed`.
 * `hashOf(id, version, language)` is the SHA-256 of a registered wording.
 * Returns { body, afterwards }: the body of POST /v1/customers, and what happens to her later, each
 * { kind, method, path, body } with the path below /v1/customers/{id}.
 */
export function customerFor(seed, index, hashOf) {
  const random = randomFor(seed, index);
  const place = placeFor(random);
  const language = random.chance(place.swedish) ? 'sv' : random.chance(0.05) ? 'en' : 'fi';
  const minor = random.chance(0.012);
  const birthYear = minor ? random.between(2013, 2017) : random.chance(0.78) ? birthYearOfAdult(random) : undefined;
  const name = nameFor(random, language, birthYear);
  const contact = {
    ...name,
    email: random.chance(0.96) ? emailFor(random, name, index) : undefined,
    phone: !minor && random.chance(0.82) ? phoneFor(random) : undefined,
    address: random.chance(0.9) ? addressFor(random, place, language) : undefined,
    language,
  };
  if (!contact.email && !contact.phone) contact.email = emailFor(random, name, index);
  const demographics = { birthYear, occupation: minor ? undefined : occupationFor(random, language, birthYear) };
  const consents = minor ? [] : consentsFor(random, contact, hashOf);
  return {
    body: {
      contact,
      ...(Object.values(demographics).some((value) => value !== undefined) && { demographics }),
      interests: interestsFor(random),
      source: { kind: random.chance(0.95) ? 'customer' : 'staff' },
      consents,
    },
    afterwards: afterwardsFor(random, consents),
    minor,
  };
}

/** Between 1943 and 2006, most of them in the middle. */
const birthYearOfAdult = (random) => Math.min(2006, 1979 + Math.round((random.next() + random.next() + random.next() - 1.5) * 24));

/** Umlauts become plain letters; the number keeps the address unique within the sample. */
function emailFor(random, { firstName, lastName }, index) {
  const plain = (text) => text.toLowerCase().normalize('NFD').replace(/[^a-z-]/g, '');
  return `${plain(firstName)}.${plain(lastName)}${index + 1}@${random.weighted([['example.fi', 6], ['example.com', 3], ['example.org', 1]])}`;
}

const phoneFor = (random) => `${random.pick(MOBILE)} ${random.between(200, 999)} ${random.between(1000, 9999)}`;

function occupationFor(random, language, birthYear) {
  if (!random.chance(0.4)) return undefined;
  const names = birthYear && birthYear < 1959 ? RETIRED : random.pick(OCCUPATIONS);
  return names[OCCUPATION_LANGUAGES.indexOf(language)];
}

function interestsFor(random) {
  const codes = new Set();
  for (let wanted = random.weighted([[0, 2], [1, 4], [2, 5], [3, 3], [4, 1]]); wanted > 0; wanted -= 1) codes.add(random.weighted(INTERESTS));
  return [...codes].sort();
}

/** Some decision of every third who says no, and at least one grant of everybody who says yes. */
function consentsFor(random, contact, hashOf) {
  const reachable = { email: contact.email, sms: contact.phone, phone: contact.phone, post: contact.address };
  const channels = Object.keys(reachable).filter((channel) => reachable[channel]);
  const decidedAt = new Date(FIRST_DAY + random.between(0, DAYS - 1) * 1440 * MINUTE_MS + random.between(0, 950) * MINUTE_MS).toISOString();
  const shown = (channel) => {
    const { id, version } = shownOn(channel, decidedAt.slice(0, 10));
    return { id, version, language: contact.language, sha256: hashOf(id, version, contact.language) };
  };
  const decision = (channel, choice) => {
    const [method, form] = random.weighted(HOW[channel]);
    return { purpose: 'marketing', channel, decision: choice, decidedAt, method, ...(form && { form }), sourceSystem: 'web-shop', wording: shown(channel) };
  };
  if (!random.chance(0.665)) return random.chance(0.3) ? [decision(channels[0], 'withdrawn')] : [];
  const likely = { email: 0.88, sms: 0.42, phone: 0.1, post: 0.3 };
  const granted = channels.filter((channel) => random.chance(likely[channel]));
  return (granted.length > 0 ? granted : channels.slice(0, 1)).map((channel) => decision(channel, 'granted'));
}

/** What happens to a few of them later on. */
function afterwardsFor(random, consents) {
  const luck = random.next();
  const last = Date.parse(consents[0]?.decidedAt ?? new Date(FIRST_DAY).toISOString());
  const later = new Date(last + random.between(1, 30) * 1440 * MINUTE_MS).toISOString();
  const evidence = { decidedAt: later, method: 'unsubscribe-link', sourceSystem: 'web-shop' };
  const granted = consents.filter(({ decision }) => decision === 'granted');
  if (luck < 0.01) return [{ kind: 'restricted', method: 'PUT', path: 'restriction', body: { reason: random.pick(['accuracy-contested', 'needed-for-claims']) } }];
  if (luck < 0.028) return [{ kind: 'ended', method: 'PUT', path: 'end', body: { endedAt: later, reason: random.pick(['by-customer', 'by-customer', 'inactivity']) } }];
  if (granted.length === 0) return [];
  if (luck < 0.04) return [{ kind: 'objecting', method: 'PUT', path: 'objection', body: { ...evidence, method: 'account-settings' } }];
  if (luck < 0.06) return [{ kind: 'stopped', method: 'POST', path: 'stop-all', body: evidence }];
  if (luck < 0.11) return [{ kind: 'withdrawn', method: 'PUT', path: `consents/marketing/${random.pick(granted).channel}`, body: { decision: 'withdrawn', ...evidence } }];
  return [];
}
