import fc from 'fast-check';
import { CHANNELS } from '#contracts/channel.js';
import { addressOf, type Closure, closuresFor, isClosed, NOTHING_CLOSED, passageOf } from './closure.js';

const moment = fc.integer({ min: 0, max: 20 }).map((ms) => new Date(ms));
const channel = fc.constantFrom(...CHANNELS);
const closure = fc.record({ since: moment, reopened: fc.subarray([...CHANNELS]) });
/** As REOPEN leaves it. */
const reopenedFor = (one: Closure, opened: (typeof CHANNELS)[number]): Closure => ({ ...one, reopened: [...one.reopened, opened] });

describe('a closed address', () => {
  it('lets nothing pass that was decided before, whoever gave it and whatever was opened since', () => {
    fc.assert(fc.property(channel, moment, fc.array(closure, { minLength: 1 }), fc.boolean(), (one, decidedAt, closures, isProven) => {
      const isOld = closures.some(({ since }) => decidedAt <= since);
      return (passageOf(one, decidedAt, closures, isProven) === 'too-old') === isOld;
    }));
  });

  it('is opened by her own consent only, and for that channel only', () => {
    fc.assert(fc.property(channel, channel, moment, closure, fc.boolean(), (one, other, decidedAt, entry, isProven) => {
      const passage = passageOf(one, decidedAt, [entry], isProven);
      if (passage === 'reopens') {
        const opened = reopenedFor(entry, one);
        expect(passageOf(one, decidedAt, [opened], false)).toBe('open');
        if (other !== one) expect(passageOf(other, decidedAt, [opened], false)).toBe(passageOf(other, decidedAt, [entry], false));
      }
      return isProven || passage !== 'reopens';
    }));
  });

  it('stays closed in the second look for everything that did not pass the door, and for nothing that did', () => {
    fc.assert(fc.property(channel, moment, closure, fc.boolean(), (one, decidedAt, entry, isProven) => {
      const address = addressOf(one, { email: 'a@b.fi', phone: '+358451206627' });
      const passage = passageOf(one, decidedAt, [entry], isProven);
      const stored = passage === 'reopens' ? reopenedFor(entry, one) : entry;
      const closures = { ...NOTHING_CLOSED, [address]: stored };
      return !isClosed(one, decidedAt, closures) === (passage === 'open' || passage === 'reopens');
    }));
  });
});

describe('the address a channel is judged by', () => {
  it('is the email for paper mail, or the phone of somebody who has no email, or the name and postal address', () => {
    expect(CHANNELS.map((one) => addressOf(one, { email: 'a@b.fi', phone: '+358451206627' }))).toEqual(CHANNELS.map((one) => (['sms', 'phone'].includes(one) ? 'phone' : 'email')));
    expect([addressOf('post', { email: null, phone: '+358451206627' }), addressOf('post', { email: null, phone: null })]).toEqual(['phone', 'post']);
  });

  it('is closed by a name and postal address for what was decided before, and for more only where nothing else is known', () => {
    fc.assert(fc.property(moment, closure, fc.constantFrom('a@b.fi', null), fc.boolean(), (decidedAt, entry, email, isProven) => {
      const passage = passageOf('post', decidedAt, closuresFor('post', { email, phone: null }, { ...NOTHING_CLOSED, post: entry }), isProven);
      expect(isClosed('post', decidedAt, { ...NOTHING_CLOSED, post: entry })).toBe(passage === 'too-old');
      return email === null ? passage === passageOf('post', decidedAt, [entry], isProven) : passage === (decidedAt <= entry.since ? 'too-old' : 'open');
    }));
    expect(closuresFor('email', { email: 'a@b.fi', phone: null }, { ...NOTHING_CLOSED, post: { since: new Date(0), reopened: [] } })).toEqual([]);
  });
});
