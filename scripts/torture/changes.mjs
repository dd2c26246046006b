// What happens to made-up customers: requests to the register, and the state each leads to.
import { CHANNELS } from './person.mjs';

const INTERESTS = ['balloons', 'tableware', 'costumes', 'birthday', 'vappu', 'christmas'];
const METHODS = ['web-form', 'checkout', 'account-settings'];

/** Only what is shown to be her own act brings somebody back who has objected. */
const OWN_ACT = { method: 'account-settings' };

const iso = (ms) => new Date(ms).toISOString();
const evidence = (at, random) => ({ decidedAt: iso(at), method: random.pick(METHODS), sourceSystem: 'torture' });
const interests = (random) => INTERESTS.filter(() => random.chance(0.3)).sort();
const phoneOf = (index) => `+35840${String(1_000_000 + (index % 9_000_000)).padStart(7, '0')}`;
const streetOf = (marker) => ({ street: `${marker} 4 C 1`, postalCode: '04300', city: 'Tuusula', country: 'FI' });

/** { method, path, body?, headers?, after, records }: `records` is how many consent records the write leaves. */
export function creation(person, index, random, wording) {
  const year = new Date().getUTCFullYear();
  const state = {
    firstName: person.marker, email: random.chance(0.9) ? `${person.marker}@example.fi` : null,
    phone: random.chance(0.7) ? phoneOf(index) : null, street: random.chance(0.6) ? `${person.marker} 4 C 1` : null,
    birthYear: random.chance(0.1) ? null : year - (random.chance(0.05) ? 8 : 18 + random.int(60)),
    interests: interests(random), consents: {}, restricted: false, objectedAt: 0, ended: false, erased: false,
  };
  const isMinor = state.birthYear !== null && year - state.birthYear <= 13;
  const decisions = CHANNELS.filter(() => random.chance(0.45)).map((channel) => ({ channel, decision: !isMinor && random.chance(0.8) ? 'granted' : 'withdrawn' }));
  const at = person.decide();
  for (const { channel, decision } of decisions) state.consents[channel] = { decision, at };
  const contact = { firstName: state.firstName, lastName: person.marker, email: state.email, phone: state.phone, address: state.street && streetOf(person.marker), language: 'fi' };
  return {
    method: 'POST', path: '/v1/customers', after: state, records: decisions.length,
    body: {
      contact: Object.fromEntries(Object.entries(contact).filter(([, value]) => value !== null)),
      demographics: { occupation: person.marker, ...(state.birthYear === null ? {} : { birthYear: state.birthYear }) },
      interests: state.interests, source: { kind: 'customer' },
      consents: decisions.map(({ channel, decision }) => ({
        purpose: 'marketing', channel, decision, ...evidence(at, random), ...(decision === 'granted' ? { wording } : {}),
      })),
    },
  };
}

const withdrawnAll = (state, at) => ({ ...state, consents: Object.fromEntries(CHANNELS.map((channel) => [channel, { decision: 'withdrawn', at }])) });

const KINDS = {
  grant: (person, random, wording) => {
    const { state } = person;
    const isMinor = state.birthYear !== null && new Date().getUTCFullYear() - state.birthYear <= 13;
    if (state.restricted || state.ended || isMinor) return undefined;
    const channel = random.pick(CHANNELS);
    const at = person.decide();
    return {
      method: 'PUT', path: `/consents/marketing/${channel}`, body: { decision: 'granted', ...evidence(at, random), ...OWN_ACT, wording }, records: 1,
      after: { ...state, objectedAt: 0, consents: { ...state.consents, [channel]: { decision: 'granted', at } } },
    };
  },
  withdraw: (person, random) => {
    const channel = random.pick(CHANNELS);
    const at = person.decide();
    return {
      method: 'PUT', path: `/consents/marketing/${channel}`, body: { decision: 'withdrawn', ...evidence(at, random) }, records: 1,
      after: { ...person.state, consents: { ...person.state.consents, [channel]: { decision: 'withdrawn', at } } },
    };
  },
  stopAll: (person, random) => {
    const at = person.decide();
    return { method: 'POST', path: '/stop-all', body: evidence(at, random), records: 4, after: withdrawnAll(person.state, at) };
  },
  object: (person, random) => {
    const at = person.decide();
    return { method: 'PUT', path: '/objection', body: evidence(at, random), records: 4, after: { ...withdrawnAll(person.state, at), objectedAt: at, everObjected: true } };
  },
  patch: ({ state, marker, index }, random) => {
    if (state.restricted) return undefined;
    const after = { ...state, interests: interests(random) };
    const contact = {};
    // A number she has objected with is closed, channel by channel, until she consents while it stands in her record: another story.
    if (random.chance(0.4) && !state.everObjected) after.phone = contact.phone = state.phone === null ? phoneOf(index) : null;
    if (random.chance(0.3)) {
      contact.address = state.street === null ? streetOf(marker) : null;
      after.street = contact.address?.street ?? null;
    }
    if (random.chance(0.3)) after.firstName = contact.firstName = `${marker} ${random.int(1000)}`;
    return {
      method: 'PATCH', path: '', headers: { 'if-match': `"${state.version}"` }, records: 0, after,
      body: { contact, interests: after.interests },
    };
  },
  restrict: ({ state }) => state.told
    ? { method: 'DELETE', path: '/restriction', records: 0, after: { ...state, restricted: false, told: false } }
    : state.restricted
    ? { method: 'PUT', path: '/restriction/notice', body: { sentAt: iso(Date.now()), sentBy: 'email' }, records: 0, after: { ...state, told: true } }
    : { method: 'PUT', path: '/restriction', body: { reason: 'accuracy-contested' }, records: 0, after: { ...state, restricted: true } },
  end: ({ state }) => state.ended
    ? { method: 'DELETE', path: '/end', records: 0, after: { ...state, ended: false } }
    : { method: 'PUT', path: '/end', body: { endedAt: iso(Date.now()), reason: 'by-customer' }, records: 0, after: { ...state, ended: true } },
  erase: ({ state }) => ({ method: 'DELETE', path: '', records: 0, after: { ...state, erased: true } }),
};

const WEIGHTS = { grant: 30, withdraw: 25, patch: 20, stopAll: 6, object: 4, restrict: 6, end: 4, erase: 5 };
const BAG = Object.entries(WEIGHTS).flatMap(([kind, weight]) => Array(weight).fill(kind));

/** One change of somebody who is known to the register. */
export function change(person, random, wording) {
  for (;;) {
    const made = KINDS[random.pick(BAG)](person, random, wording);
    if (made) return { ...made, path: `/v1/customers/${person.id}${made.path}` };
  }
}
