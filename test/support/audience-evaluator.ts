import type { Channel } from '#contracts/channel.js';
import type { ContactRow } from '#marketing/contacts/contact-row.js';
import type { Filter } from '#marketing/audience/filter.schemas.js';

/** Whether a contact is on a snapshot and has not withdrawn the channel's consent since. */
type IsOn = (snapshotId: string, contact: ContactRow, channel: Channel) => boolean;
const ON_NONE: IsOn = () => false;

/**
 * The audience language told a second time: straight from a filter to one contact, sharing nothing with its translation.
 * Slow and plain on purpose.
 */
export function isListed(contact: ContactRow, channel: Channel, filter: Filter, now: Date, isOn: IsOn = ON_NONE): boolean {
  return contact[`${channel}_since`] !== null && holds(contact, channel, filter, now, isOn);
}

/** Whether a filter holds for a contact, the consent aside. */
export function holds(contact: ContactRow, channel: Channel, filter: Filter, now: Date, isOn: IsOn = ON_NONE): boolean {
  const nested = (each: Filter): boolean => holds(contact, channel, each, now, isOn);
  const year = contact.birth_year;
  const checks: boolean[] = [];
  if (filter.all) checks.push(filter.all.every(nested));
  if (filter.any) checks.push(filter.any.some(nested));
  if (filter.none) checks.push(!filter.none.some(nested));
  if (filter.interests) checks.push(interestsHold(contact.interests, filter.interests));
  if (filter.birthYear) checks.push(year !== null && within(year, filter.birthYear));
  if (filter.age) checks.push(year !== null && within(now.getUTCFullYear() - year - 1, filter.age));
  if (filter.occupation) checks.push(nameHolds(contact.occupation, filter.occupation, plain));
  if (filter.city) checks.push(nameHolds(contact.city, filter.city, (name) => plain(name).toLowerCase()));
  if (filter.country) checks.push(nameHolds(contact.country, filter.country, plain));
  if (filter.language) checks.push(nameHolds(contact.language, filter.language, plain));
  if (filter.postalCode) checks.push(contact.postal_code !== null && postalCodeHolds(contact.postal_code, filter.postalCode));
  if (filter.granted) checks.push(grantHolds(contact[`${filter.granted.channel ?? channel}_since`], filter.granted, now));
  if (filter.wording) {
    const on = filter.wording.channel ?? channel;
    checks.push(contact[`${on}_wording_id`] === filter.wording.id
      && (filter.wording.version === undefined || contact[`${on}_wording_version`] === filter.wording.version));
  }
  if (filter.source) {
    const given = contact[`${filter.source.channel ?? channel}_source`];
    const { is, oneOf } = filter.source;
    checks.push(given !== null && (is === undefined || given === is) && (oneOf === undefined || oneOf.includes(given)));
  }
  if (filter.snapshot) checks.push(isOn(filter.snapshot.id, contact, channel));
  return checks.every(Boolean);
}

const plain = (text: string): string => text.normalize('NFC').trim();

function interestsHold(held: readonly string[], { any, all, none }: NonNullable<Filter['interests']>): boolean {
  return (any === undefined || any.some((code) => held.includes(code)))
    && (all === undefined || all.every((code) => held.includes(code)))
    && (none === undefined || !none.some((code) => held.includes(code)));
}

function within(value: number, { between, before, after }: NonNullable<Filter['birthYear']>): boolean {
  return (between === undefined || (between[0] <= value && value <= between[1]))
    && (before === undefined || value < before) && (after === undefined || value > after);
}

function nameHolds(held: string | null, given: NonNullable<Filter['city']>, written: (text: string) => string): boolean {
  const name = held === null ? undefined : written(held);
  const isAmong = (texts: readonly string[]): boolean => name !== undefined && texts.map(written).includes(name);
  return (given.is === undefined || isAmong([given.is])) && (given.oneOf === undefined || isAmong(given.oneOf))
    && (given.isNot === undefined || !isAmong([given.isNot])) && (given.noneOf === undefined || !isAmong(given.noneOf));
}

function postalCodeHolds(code: string, { prefix, between }: NonNullable<Filter['postalCode']>): boolean {
  return (prefix === undefined || code.startsWith(prefix)) && (between === undefined || (between[0] <= code && code <= between[1]));
}

function grantHolds(since: Date | string | null, { since: from, before, lastDays }: NonNullable<Filter['granted']>, now: Date): boolean {
  if (since === null) return false;
  const second = (moment: Date | string): number => Math.floor(new Date(moment).getTime() / 1_000);
  const midnight = new Date(now);
  midnight.setUTCHours(0, 0, 0, 0);
  midnight.setUTCDate(midnight.getUTCDate() - (lastDays ?? 0));
  return (from === undefined || second(since) >= second(from)) && (before === undefined || second(since) < second(before))
    && (lastDays === undefined || second(since) >= second(midnight));
}
