import fc from 'fast-check';
import { CHANNELS } from '#contracts/channel.js';
import { NOTHING_CLOSED } from '../suppression/closure.js';
import { usableConsents, type MarketingConsent, type Person } from './eligibility.js';

const SINCE = new Date('2026-01-01T00:00:00Z');
const PERSON: Person = {
  birthYear: 1980, guardianAt: null, closures: NOTHING_CLOSED, email: 'a@b.fi', phone: '+358451206627', streetAddress: 'Katu 1', postalCode: '04300', city: 'Tuusula',
  restrictedAt: null, objectedAt: null, endedAt: null,
};
const granted = (...channels: MarketingConsent['channel'][]): MarketingConsent[] =>
  channels.map((channel) => ({ channel, decision: 'granted', decidedAt: SINCE }));
const channelsOf = (person: Person, consents: MarketingConsent[]) => usableConsents(person, consents).map((c) => c.channel);

describe('the usable consents', () => {
  it('are the granted ones, sorted', () => {
    const consents = [...granted('sms', 'email'), { channel: 'post', decision: 'withdrawn', decidedAt: SINCE } as const];
    expect(channelsOf(PERSON, consents)).toEqual(['email', 'sms']);
  });

  it.each(['restrictedAt', 'objectedAt', 'endedAt'] as const)('are none when %s is set', (state) => {
    expect(channelsOf({ ...PERSON, [state]: SINCE }, granted(...CHANNELS))).toEqual([]);
  });

  it('are none for a child', () => {
    expect(channelsOf({ ...PERSON, birthYear: 2013 }, granted(...CHANNELS))).toEqual([]);
  });

  it.each([
    ['email', ['phone', 'post', 'sms']], ['phone', ['email', 'post']], ['city', ['email', 'phone', 'sms']],
    ['postalCode', ['email', 'phone', 'sms']], ['streetAddress', ['email', 'phone', 'sms']],
  ] as const)('need %s to be known', (field, left) => {
    expect(channelsOf({ ...PERSON, [field]: null }, granted(...CHANNELS))).toEqual(left);
  });

  it('are those of a child whose guardian had agreed', () => {
    const child = { ...PERSON, birthYear: 2016 };
    expect(channelsOf({ ...child, guardianAt: SINCE }, granted('email'))).toEqual(['email']);
    expect(channelsOf({ ...child, guardianAt: new Date(SINCE.getTime() + 1) }, granted('email'))).toEqual([]);
  });

  it.each([['email', ['phone', 'sms']], ['phone', ['email', 'post']]] as const)('are not to a suppressed %s', (address, left) => {
    const closures = { ...NOTHING_CLOSED, [address]: { since: SINCE, reopened: [] } };
    expect(channelsOf({ ...PERSON, closures }, granted(...CHANNELS))).toEqual(left);
  });

  it('are to a channel of it that she opened anew', () => {
    const closures = { ...NOTHING_CLOSED, phone: { since: new Date(SINCE.getTime() - 1), reopened: ['sms' as const] } };
    expect(channelsOf({ ...PERSON, closures }, granted(...CHANNELS))).toEqual(['email', 'post', 'sms']);
  });

  it('never hold a channel that was not granted', () => {
    const consent = fc.record({
      channel: fc.constantFrom(...CHANNELS), decision: fc.constantFrom('granted' as const, 'withdrawn' as const), decidedAt: fc.constant(SINCE),
    });
    fc.assert(fc.property(fc.uniqueArray(consent, { selector: (c) => c.channel }), (consents) =>
      channelsOf(PERSON, consents).every((channel) => consents.some((c) => c.channel === channel && c.decision === 'granted'))));
  });
});
