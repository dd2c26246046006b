/** Faults in what a person is told of everything held on her. */
export const BUNDLE_MUTANTS = [
  {
    name: 'bundle of everybody',
    what: 'rows of others are in her bundle',
    edits: [['apps/register/src/bundle/bundle.sql.js', `customer_id: 'customer_id = $1'`, `customer_id: '$1::uuid IS NOT NULL'`]],
    tests: ['register/bundle.spec'],
  },
  {
    name: 'bundle without marketing',
    what: 'while marketing is away, a bundle leaves its part out',
    edits: [['apps/register/src/bundle/bundle.service.js', 'const held = await this.marketing.held(ref);',
      'const held = await this.marketing.held(ref).catch(() => ({ state: null, contact: null, snapshots: [], parked: [], exports: [], reads: [] }));']],
    tests: ['register/bundle.spec'],
  },
  {
    name: 'bundle of the first page',
    what: 'only the first page of what marketing holds is told',
    edits: [['apps/register/src/bundle/marketing-client.service.js', 'while (next !== null)', 'while (false)']],
    tests: ['register/bundle.spec'],
  },
  {
    name: 'bundle with names',
    what: 'whoever is not known is taken for a program and named',
    edits: [['apps/register/src/bundle/told-row.js', `return readerShown({ kind: 'staff', name, roles: known?.roles ?? [] }, 'person');`, `return readerShown({ kind: 'program', name, roles: [] }, 'person');`]],
    tests: ['register/bundle.spec'],
  },
  {
    name: 'investigation told',
    what: 'a bundle tells why there is a hold',
    edits: [['apps/register/src/bundle/bundle.sql.js', 'CASE WHEN ${unless.condition} THEN NULL', 'CASE WHEN false THEN NULL']],
    tests: ['register/bundle.spec'],
  },
  {
    name: 'every export',
    what: 'marketing names exports that did not hold her',
    edits: [['apps/marketing/src/held/held.sql.js', 'coalesce(get_bit(members, $1 & 65535), 0) = 1 AS handed_out', 'true AS handed_out']],
    tests: ['marketing/held.spec'],
  },
];
