import fc from 'fast-check';
import { type Channel, CHANNELS } from '#contracts/channel.js';
import { type Projection, projectionContent } from '#contracts/projection.v1.js';
import { toContactRow, toProjection } from './contact-row.js';

const text = fc.option(fc.string({ minLength: 1, maxLength: 8 }));

/** A projection as a careless register might send it: every field filled, whatever was granted. */
const careless = fc.record({
  ref: fc.uuid({ version: 4 }),
  epoch: fc.constant(1),
  version: fc.constant(1),
  grants: fc.subarray([...CHANNELS].sort()).map((channels) => channels.map((channel) => ({
    channel, grantedAt: '2026-01-02T03:04:05.678Z', wordingId: `w-${channel}`, wordingVersion: 2, sourceSystem: 'shop',
  }))),
  firstName: text, lastName: text, language: text, birthYear: fc.option(fc.integer({ min: 1900, max: 2020 })), occupation: text,
  interests: fc.array(fc.string({ minLength: 1, maxLength: 4 }), { maxLength: 3 }),
  email: text, phone: text, streetAddress: text, postalCode: text, city: text, country: text,
}) satisfies fc.Arbitrary<Projection>;

describe('toContactRow', () => {
  it('holds no field that no granted channel needs, and no channel without its data', () => {
    fc.assert(
      fc.property(careless, (projection) => {
        const row = toContactRow(projection);
        const granted = (channel: Channel): boolean => projection.grants.some((grant) => grant.channel === channel);
        const reachable = (granted('email') && projection.email !== null)
          || ((granted('sms') || granted('phone')) && projection.phone !== null) || granted('post');
        expect(row !== undefined).toBe(reachable);
        if (row === undefined) return;
        expect(row.email).toBe(granted('email') ? projection.email : null);
        expect(row.phone).toBe(granted('sms') || granted('phone') ? projection.phone : null);
        expect(row.city).toBe(granted('post') ? projection.city : null);
        expect(row.street_address).toBe(granted('post') ? projection.streetAddress : null);
        expect(row.email_since === null).toBe(row.email === null);
      }),
    );
  });

  it('goes back to the projection it came from, when that held only what was granted', () => {
    fc.assert(
      fc.property(careless, (projection) => {
        const row = toContactRow(projection);
        if (row === undefined) return;
        const minimal = toProjection(row, projection);
        expect(projectionContent(toProjection(toContactRow(minimal)!, minimal))).toBe(projectionContent(minimal));
      }),
    );
  });
});
