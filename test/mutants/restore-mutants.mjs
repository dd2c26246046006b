// Faults of a restore: it brings somebody back.

const RESTORE = ['invariants/i7'];

export const RESTORE_MUTANTS = [
  {
    name: 'a restore forgets withdrawals',
    what: 'the register does not ask what marketing, or the database it replaces, knew of people that the backup does not',
    edits: [['apps/register/src/restore/restore.sql.js', 'WHERE (m.epoch, m.version) > (l.epoch, c.version)', 'WHERE false']],
    tests: RESTORE,
  },
  {
    name: 'the queues are left as they are',
    what: 'marketing tells what it remembers before it has applied what waits for it',
    edits: [['apps/marketing/src/restore/restore.commands.js', 'await drainQueues(app);', '']],
    tests: RESTORE,
  },
  {
    name: 'a restored marketing knows nothing of the log',
    what: 'marketing opens with people who were erased after its backup',
    edits: [['apps/marketing/src/restore/restore.sql.js', 'await eraseEverywhere(manager, refs);', '']],
    tests: RESTORE,
  },
  {
    name: 'a restore by hand is not noticed',
    what: 'the register opens a database that is older than what the log of erasures has seen',
    edits: [['apps/register/src/restore/restored.check.js', '(pulse?.count ?? 0) < seen', 'false']],
    tests: RESTORE,
  },
  {
    name: 'any key will do',
    what: 'the register starts under another key, recognises no suppression, and the erased come back by an import',
    edits: [['apps/register/src/database/key-checks.js', 'noted && !noted.equals(checkOf(name, key))', 'false']],
    tests: ['register/keys'], only: 'keeps its commands',
  },
  {
    name: 'a marketing put back by hand is not noticed',
    what: 'a watermark is stored in a database that has forgotten what it said',
    edits: [['apps/marketing/src/link/pulse.sql.js', 'coalesce(p.count, 0) < told.count', 'false']],
    tests: ['invariants/i7-put-back'],
  },
  {
    name: 'a backup opens lists by its own watermark',
    what: 'marketing believes what stood in its database when it started, or has come to stand there since',
    edits: [['apps/marketing/src/audience/freshness.service.js', 'this.memory.take(read) || ', 'true || ']],
    tests: ['invariants/i7-put-back'],
  },
  {
    name: 'former addresses lost in a restore',
    what: 'after a restore an old list brings somebody back by what she had before a correction',
    edits: [['apps/register/src/erasure/erasure-replay.service.js', '...others.map((each) => closingOf(each, since))', '']],
    tests: ['register/former-values'], only: 'of which only the log',
  },
  {
    name: 'accounts as in the dump',
    what: 'whoever was shut out since the backup gets in again, with the password of then',
    edits: [['apps/register/src/access/account-versions.service.js', 'known && known.version > version', 'false']],
    tests: ['register/accounts'],
  },
];
