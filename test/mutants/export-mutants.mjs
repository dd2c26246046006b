/** Faults of exports and of what is forgotten in time: what recipients are told, what a waiting file holds, whose membership and reads stay. */
export const EXPORT_MUTANTS = [
  {
    name: 'outdated row in a file',
    what: 'a file that waited is handed out with an address that marketing knows to be wrong',
    edits: [['apps/marketing/src/exports/file-cleaner.service.js', "const changed = await changedAmong(manager, stored, row.storedVersion ?? 0, version);", 'const changed = new Uint32Array(0);']],
    tests: ['marketing/exports-corrections.spec'], only: 'in a file that waited',
  },
  {
    name: 'rows renewed from a log with a hole',
    what: 'who has changed since a file was made is taken from a log that does not reach back so far',
    edits: [['apps/marketing/src/exports/members.sql.js', '!isKnown || most > MOST_CHANGED', 'most > MOST_CHANGED']],
    tests: ['marketing/exports-corrections.spec'], only: 'nobody knows any more',
  },
  {
    name: 'back with the old address',
    what: 'who left and came back before the recipient removed her stays there as she was',
    edits: [['apps/marketing/src/exports/recipient-looks.sql.js', "WITH ${takeBackReturned('r.export_id = $2')} ${putCorrections(OF_RETURNED('$4', '$3'))}", "WITH ${takeBackReturned('r.export_id = $2')} SELECT $1::text, $3::bigint, $4::text FROM returned"],
      ['apps/marketing/src/exports/recipient-looks.sql.js', "${putCorrections(OF_RETURNED('$4', '$3'))}`, [recipient, slots", "SELECT $3::bigint, $4::text FROM returned`, [recipient, slots"]],
    tests: ['marketing/exports-corrections.spec'], only: 'which was noticed',
  },
  {
    name: 'correction forgotten',
    what: 'a correction is forgotten while a file of before it can still be taken',
    edits: [['apps/marketing/src/exports/recipient-looks.sql.js', "OR (delivery = 'file' AND state IN ('running', 'ready'))", '']],
    tests: ['marketing/exports-corrections.spec'], only: 'as long as the file waits',
  },
  {
    name: 'look by a log with a hole',
    what: 'departures are looked for in a log of changes that does not reach back to the last look',
    edits: [['apps/marketing/src/exports/recipient-looks.service.js', 'await isLogWhole(manager, since, version)', 'true']],
    tests: ['marketing/exports-removals.spec'], only: 'misses nobody when',
  },
  {
    name: 'member forgotten by age',
    what: 'who was in an old export is forgotten though the recipient has her by that export alone',
    edits: [['apps/marketing/src/retention/kept-members.js', '(~(told[at] ?? 0) | (open[at] ?? 0))', '(open[at] ?? 0)']],
    tests: ['marketing/retention.spec'], only: 'could not be told otherwise',
  },
  {
    name: 'given and not named',
    what: 'the statement of an erasure leaves out a recipient whose members are not kept any more',
    edits: [['apps/marketing/src/retention/retention.service.js', 'await this.addToPast(manager, due.recipient, block, members);', '']],
    tests: ['marketing/retention.spec'], only: 'still names it',
  },
  {
    name: 'reads of the held forgotten',
    what: 'who read somebody under a legal hold is forgotten by age',
    edits: [['apps/register/src/retention/retention.sql.js', 'WHERE l.at <= $1 AND $3::timestamptz IS NOT NULL AND ${READ_OF_FREE} LIMIT $2', 'WHERE l.at <= $1 AND $3::timestamptz IS NOT NULL LIMIT $2']],
    tests: ['register/retention.spec'], only: 'restricted and held it stays',
  },
  {
    name: 'taken file not looked at',
    what: 'who has left before a file that holds her was handed out is never told of',
    edits: [['apps/marketing/src/exports/recipient-looks.sql.js', 'look_due OR ($2 AND', '($2 AND']],
    tests: ['marketing/exports-removals.spec'], only: 'before it was handed out',
  },
  {
    name: 'taken file not corrected',
    what: 'who was corrected before a file with her old address was handed out is never told of',
    edits: [['apps/marketing/src/exports/recipient-looks.sql.js', 'CASE WHEN x.look_due THEN least(x.stored_version, $2) ELSE $2 END AS since', '$2::bigint AS since']],
    tests: ['marketing/exports-corrections.spec'], only: 'before it was handed out',
  },
];
