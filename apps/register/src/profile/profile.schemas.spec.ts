import { readFileSync } from 'node:fs';
import { ProfileSchema } from './profile.schemas.js';

const confetti = JSON.parse(readFileSync('config/confetti.json', 'utf8')) as { purposes: object[] };
const house = { id: 'party-house', name: 'Juhlatalo Oy', country: 'FI', place: 'outside', purposes: ['marketing'] };
const issues = (recipients: object[]) => ProfileSchema.safeParse({ ...confetti, recipients }).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

describe('the recipients of the controller profile', () => {
  it('are none by default: nothing is disclosed', () => {
    expect(ProfileSchema.parse({ ...confetti, recipients: undefined }).recipients).toEqual([]);
    expect(ProfileSchema.parse(confetti).recipients).toEqual([]);
  });

  it('outside get people for purposes that rest on consent only', () => {
    expect(issues([house])).toEqual([]);
    expect(issues([{ ...house, purposes: ['customer-contact'] }])).toEqual([
      'recipients.0.purposes.0: must be a purpose that rests on consent: nothing is disclosed outside without one',
    ]);
    expect(issues([{ ...house, place: 'inside', purposes: ['customer-contact'] }])).toEqual([]);
  });

  it('name purposes that exist, and each recipient once', () => {
    expect(issues([{ ...house, purposes: ['marketing', 'resale'] }])).toEqual(['recipients.0.purposes.1: must be the code of a purpose']);
    expect(issues([house, house])).toEqual(['recipients: must name each recipient once']);
  });
});
