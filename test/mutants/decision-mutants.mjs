const PREVIEW = ['register/erasure-preview.spec'];
const DECISIONS = ['register/erasure-decisions.spec'];

/** Faults in what is shown before an erasure, who decides on abuse, and what an appeal does. */
export const DECISION_MUTANTS = [
  {
    name: 'unseen erasure',
    what: 'staff erase with any preview, also an outdated one or somebody else’s',
    edits: [['apps/register/src/erasure-preview/erasure-previews.service.js', 'assertTag(tag, (await this.look(manager, customerId)).etag)', 'void tag']],
    tests: PREVIEW,
  },
  {
    name: 'forgotten schema',
    what: 'the preview counts only tables that lie where the others do',
    edits: [['apps/register/src/erasure-preview/erasure-preview.sql.js', `n.nspname <> 'information_schema'`, `n.nspname = 'public'`]],
    tests: PREVIEW,
  },
  {
    name: 'told reasons',
    what: 'the person, and staff who may not read holds, are told why a hold keeps her',
    edits: [['apps/register/src/erasure-preview/erasure-previews.service.js', `scopes.includes('holds:read')`, 'true']],
    tests: PREVIEW,
  },
  {
    name: 'abuse by program',
    what: 'a program decides on abuse',
    edits: [['apps/register/src/erasure/erasure.service.js', `ground === 'abuse' && caller.kind !== 'staff'`, 'false']],
    tests: DECISIONS,
  },
  {
    name: 'own appeal',
    what: 'whoever decided decides on the appeal as well',
    edits: [['apps/register/src/erasure/erasure-appeals.service.js', 'if (appeal.contested === caller.subject)', 'if (false)']],
    tests: DECISIONS,
  },
  {
    name: 'forgiven for another',
    what: 'an appeal takes a mark away that another decision put there',
    edits: [['apps/register/src/erasure-log/erasure-log.sql.js', 'bool_and(', 'bool_or(']],
    tests: DECISIONS,
  },
  {
    name: 'marked again',
    what: 'after a restore an appeal that was right is forgotten',
    edits: [['apps/register/src/erasure/erasure-replay.service.js', 'if (forgiven.length > 0)', 'if (false)']],
    tests: DECISIONS,
  },
  {
    name: 'borrowed decision',
    what: 'whoever ends a legal hold stands in the case as having decided on abuse',
    edits: [['apps/register/src/holds/holds.service.js', 'queuedDecision(hold) : null', '{ ...queuedDecision(hold), decidedBy: caller.subject } : null']],
    tests: DECISIONS,
  },
  {
    name: 'an erasure repeated is no erasure',
    what: 'a shop whose request was cut short hears, when the register has finished it, that there is no such customer',
    edits: [['apps/register/src/erasure/eraser.service.js', 'runInTransaction(manager, REMEMBER_ERASED,', 'void (manager, REMEMBER_ERASED,']],
    tests: ['register/erasure-log'], only: 'whatever its key',
  },
];
