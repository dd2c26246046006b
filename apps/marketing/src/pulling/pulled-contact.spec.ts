import fc from 'fast-check';
import { compareOrder, type Order } from '#contracts/order.js';
import type { Projection } from '#contracts/projection.v1.js';
import type { Stored } from '../intake/contact-change.js';
import { decidePulled } from './pulled-contact.js';

const REF = '6a0f6f3e-6a3c-4c53-9d0b-0d3f4a1b2c3d';

function projection(order: Order, granted = true): Projection {
  return {
    ref: REF, ...order, firstName: null, lastName: null, language: null, birthYear: null, occupation: null, interests: [],
    grants: granted ? [{ channel: 'email', grantedAt: '2026-01-01T00:00:00.000Z', wordingId: 'w', wordingVersion: 1, sourceSystem: 's' }] : [],
    email: granted ? 'a@example.fi' : null, phone: null, streetAddress: null, postalCode: null, city: null, country: null,
  };
}

const order = fc.record({ epoch: fc.integer({ min: 1, max: 3 }), version: fc.integer({ min: 1, max: 3 }) });
const stored: fc.Arbitrary<Stored> = fc.tuple(order, fc.boolean(), fc.boolean())
  .map(([of, awaitingData, erased]) => ({ ...of, awaitingData: awaitingData && !erased, erased }));

describe('decidePulled', () => {
  it('takes a reply only when it is newer than what is known, or is what was waited for', () => {
    fc.assert(fc.property(stored, order, fc.boolean(), (known, told, granted) => {
      const news = compareOrder(told, known);
      const taken = !known.erased && (news > 0 || (news === 0 && known.awaitingData));
      expect(decidePulled(known, projection(told, granted)).kind).toBe(!taken ? 'ignore' : granted ? 'store' : 'drop');
    }), { numRuns: 1_000 });
  });

  it('takes nothing of somebody it never asked for', () => {
    expect(decidePulled(undefined, projection({ epoch: 1, version: 1 })).kind).toBe('ignore');
  });
});
