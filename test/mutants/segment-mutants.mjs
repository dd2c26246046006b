/** Faults of segments, snapshots and explanations. */
export const SEGMENT_MUTANTS = [
  {
    name: 'snapshot taken too quickly',
    what: 'a snapshot keeps who leaves while it is being taken',
    edits: [['apps/marketing/src/segments/snapshots.service.js', 'await catchUp(manager, row.id);', '']],
    tests: ['marketing/segments-snapshots.spec'], only: 'while they are being taken',
  },
  {
    name: 'back by an old consent',
    what: 'a consent older than a snapshot brings back to it whoever has left',
    edits: [['apps/marketing/src/database/migrations/1700000000003-segments.js', "WHEN 'INSERT' THEN ${", "WHEN 'INSERT' THEN NULL; WHEN 'NEVER' THEN ${"]],
    tests: ['marketing/segments-snapshots.spec'], only: 'older than the snapshot',
  },
  {
    name: 'cleared of the present',
    what: 'a snapshot loses people who had left before it and were back',
    edits: [['apps/marketing/src/segments/snapshots.sql.js', ' AND s.version < d.version', '']],
    tests: ['marketing/segments-snapshot-histories.spec'],
  },
  {
    name: 'erased on snapshots',
    what: 'an erased person stays in the bitmaps',
    edits: [['apps/marketing/src/intake/intake.service.js', 'await forgetMembers(manager, erased);', '']],
    tests: ['marketing/segments-snapshots.spec'], only: 'forget the erased',
  },
  {
    name: 'snapshot of a stale list',
    what: 'a snapshot is taken while lists are closed',
    edits: [['apps/marketing/src/segments/snapshots.service.js', 'this.gate.freshOrRefuse(freshness)', "'2026-01-01T00:00:00Z'"]],
    tests: ['marketing/segments-snapshots.spec'], only: 'list is stale',
  },
  {
    name: 'segment overwritten',
    what: 'a segment is changed by somebody who has not read its newest version',
    edits: [['apps/marketing/src/segments/segments.service.js', 'assertVersion(read, standing.version);', '']],
    tests: ['marketing/segments.spec'],
  },
  {
    name: 'explained without consent',
    what: 'conditions are told of somebody who is not held for the channel',
    edits: [['apps/marketing/src/explain/explain.sql.js', ' AND ${SINCE[channel]} IS NOT NULL', '']],
    tests: ['marketing/explain.spec'],
  },
  {
    name: 'read of a person unlogged',
    what: 'somebody looks at a person, and nobody learns who',
    edits: [['apps/marketing/src/explain/explain.service.js', 'await recordPersonRead(manager, read, person?.ref);', '']],
    tests: ['marketing/explain.spec'],
  },
  {
    name: 'page of a list unlogged',
    what: 'a list is shown, and nobody learns who saw whom',
    edits: [['apps/marketing/src/reads/list-reads.sql.js', 'HAVING count(*) > 0', 'HAVING false']],
    tests: ['marketing/list-reads.spec'], only: 'on record for every page',
  },
  {
    name: 'erased on pages',
    what: 'pages of lists know an erased person',
    edits: [['apps/marketing/src/intake/intake.sql.js', 'await forgetInListReads(manager, refs);', '']],
    tests: ['marketing/list-reads.spec'], only: 'not known any more',
  },
  {
    name: 'erased while a page is read',
    what: 'a page that is read during an erasure puts the person back',
    edits: [['apps/marketing/src/database/migrations/1700000000010-list-reads.js', 'IF NEW.version IS DISTINCT', 'IF false AND NEW.version IS DISTINCT']],
    tests: ['marketing/list-reads.spec'], only: 'while the page is read',
  },
];
