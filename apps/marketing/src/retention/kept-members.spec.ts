import fc from 'fast-check';
import { hasBit } from '../audience-index/bitmap.js';
import { peopleAt } from '../exports/members.sql.js';
import { keptMembers } from './kept-members.js';

const slots = fc.uniqueArray(fc.nat({ max: 40 }), { maxLength: 20 });

describe('members of an old export', () => {
  it('are kept exactly while the recipient may have them by it alone, or has not said that they are gone', () => {
    fc.assert(fc.property(slots, fc.array(slots, { maxLength: 3 }), slots, slots, (members, later, gone, acknowledged) => {
      const open = gone.filter((slot) => !acknowledged.includes(slot));
      const kept = keptMembers({ members: peopleAt(members), later: later.map(peopleAt), open: peopleAt(open), acknowledged: peopleAt(acknowledged) });
      for (let slot = 0; slot <= 40; slot += 1) {
        const isNeeded = members.includes(slot) && !acknowledged.includes(slot) && (open.includes(slot) || !later.some((each) => each.includes(slot)));
        expect(hasBit(kept, slot)).toBe(isNeeded);
      }
    }));
  });

  it('are kept when those of later exports lie in blocks far beyond', () => {
    const kept = keptMembers({ members: peopleAt([3]), later: [peopleAt([200_000])], open: peopleAt([]), acknowledged: peopleAt([]) });
    expect(hasBit(kept, 3)).toBe(true);
  });
});
