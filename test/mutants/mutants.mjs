// Faults put into the compiled code by hand, one at a time: each breaks a promise, so a test has to notice (invariant I8).

import { BUNDLE_MUTANTS } from './bundle-mutants.mjs';
import { DECISION_MUTANTS } from './decision-mutants.mjs';
import { EXPORT_MUTANTS } from './export-mutants.mjs';
import { IMPORT_MUTANTS } from './import-mutants.mjs';
import { LEFTOVER_MUTANTS } from './leftover-mutants.mjs';
import { OUTAGE_MUTANTS } from './outage-mutants.mjs';
import { RESTORE_MUTANTS } from './restore-mutants.mjs';
import { ROUND_MUTANTS } from './round-mutants.mjs';
import { SEGMENT_MUTANTS } from './segment-mutants.mjs';
import { STANDING_MUTANTS } from './standing-mutants.mjs';
import { SUPPRESSION_MUTANTS } from './suppression-mutants.mjs';

/**
 * `edits`: [file below dist/, text that must stand there exactly once, what replaces it]. `tests`: Jest patterns that should bite,
 * `only` a pattern of test names among them.
 */
export const MUTANTS = [
  {
    name: 'no version guard',
    what: 'an older message is applied over a newer one',
    edits: [['apps/marketing/src/intake/contact-change.js', 'const isNews = stored === undefined || compareOrder(message, stored) > 0;', 'const isNews = true;']],
    tests: ['intake/contact-change.spec'],
  },
  {
    name: 'epoch ignored',
    what: 'the order of messages is their version alone, so a restored register speaks of the past',
    edits: [['libs/contracts/order.js', 'return a.epoch - b.epoch || a.version - b.version;', 'return a.version - b.version;']],
    tests: ['intake/contact-change.spec'],
  },
  {
    name: 'stale pull applied',
    what: 'data pulled before a newer change is stored after it',
    edits: [['apps/marketing/src/pulling/pulled-contact.js', 'if (news < 0 || ', 'if (']],
    tests: ['pulling/pulled-contact.spec'],
  },
  {
    name: 'no tombstone',
    what: 'marketing forgets whoever is out',
    edits: [['apps/marketing/src/intake/intake.sql.js', 'WITH overtaken AS (DELETE FROM parked WHERE ref = ANY ($1::uuid[]))',
      `WITH overtaken AS (DELETE FROM parked WHERE ref = ANY ($1::uuid[])),
            forgotten AS (DELETE FROM ref_state AS s WHERE ref = ANY ($1::uuid[]) AND NOT awaiting_data AND NOT EXISTS (SELECT FROM contact AS c WHERE c.ref = s.ref))`]],
    tests: ['invariants/i1'],
  },
  {
    name: 'clear on confirm',
    what: 'the confirm of the broker counts as the answer of marketing',
    edits: [['apps/register/src/sync/relay.js', 'if (unsent.length > 0)',
      `await runStatement(this.dataSource, { name: 'mutant', text: 'DELETE FROM sync_pending WHERE ref = ANY($1::uuid[])' }, [messages.filter((_, i) => outcomes[i] === 'confirmed').map(({ ref }) => ref)]);
        if (unsent.length > 0)`]],
    tests: ['invariants/i3'], only: 'only the broker has confirmed',
  },
  {
    name: 'since reset',
    what: 'a second change of the same person lets W pass the first one',
    edits: [['apps/register/src/sync/sync.sql.js', 'epoch = excluded.epoch, version = excluded.version, erased = excluded.erased, reason = excluded.reason,',
      'since = excluded.since, epoch = excluded.epoch, version = excluded.version, erased = excluded.erased, reason = excluded.reason,']],
    tests: ['invariants/i3'], only: 'oldest unanswered change',
  },
  {
    name: 'W without looking',
    what: 'the watermark is the clock, whatever is unanswered',
    edits: [['apps/register/src/sync/sync.sql.js', 'least(transaction_timestamp(), (SELECT min(since) FROM sync_pending))', 'transaction_timestamp()']],
    tests: ['invariants/i3'], only: 'oldest unanswered change',
  },
  {
    name: 'no answer to a duplicate',
    what: 'a change told twice is answered once',
    edits: [['apps/marketing/src/intake/intake.service.js', 'await answerFor(manager, refs);',
      `await answerFor(manager, decided.filter(({ change }) => change.kind !== 'ignore').map(({ ref }) => ref));`]],
    tests: ['invariants/i3'], only: 'answer that is lost',
  },
  {
    name: 'answer before the data',
    what: 'an opt-in counts as applied before it can be listed',
    edits: [['apps/marketing/src/intake/intake.sql.js', 'FROM ref_state WHERE ref = ANY ($1::uuid[]) AND NOT awaiting_data', 'FROM ref_state WHERE ref = ANY ($1::uuid[])']],
    tests: ['test/marketing/intake.spec'], only: 'waits for the data',
  },
  {
    name: 'ack before commit',
    what: 'a batch is acked before its handler is done',
    edits: [
      ['libs/messaging/batch-consumer.js', 'const applied = await apply(', 'channel.ack(batch.at(-1), true);\n        const applied = await apply('],
      ['libs/messaging/batch-consumer.js', 'if (applied && !session.lost && last !== undefined)', 'if (applied && last === null)'],
    ],
    tests: ['test/messaging/batches.spec'],
  },
  {
    name: 'objection ignored',
    what: 'whoever objects stays in marketing',
    edits: [['apps/register/src/consents/eligibility.js', 'if (person.restrictedAt || person.objectedAt || person.endedAt)', 'if (person.restrictedAt || person.endedAt)']],
    tests: ['consents/eligibility.spec'],
  },
  {
    name: 'always fresh',
    what: 'silence does not close the lists',
    edits: [['apps/marketing/src/audience/freshness.js', 'if (age > limitMs)', 'if (age > Number.POSITIVE_INFINITY)']],
    tests: ['audience/freshness.spec', 'invariants/i5'], only: 'closes within the limit|register that hangs',
  },
  {
    name: 'consent beside the filter',
    what: 'a filter lets people onto a list who have not granted its channel',
    edits: [['apps/marketing/src/audience/clause.js', '} IS NOT NULL AND ${', '} IS NOT NULL OR ${']],
    tests: ['marketing/src/audience/filter.spec'],
  },
  {
    name: 'none of what is unknown',
    what: 'whoever meets no condition because nothing is known of her is left out by "none"',
    edits: [['apps/marketing/src/audience/clause.js', "return `(${joined(condition.of, place, 'OR', 'false')}) IS NOT TRUE`;", "return `NOT (${joined(condition.of, place, 'OR', 'false')})`;"]],
    tests: ['test/marketing/audience-language.spec'],
  },
  {
    name: 'the age she may have reached',
    what: 'a filter for adults finds people who turn 18 this year',
    edits: [['apps/marketing/src/audience/resolve-filter.js', 'now.getUTCFullYear() - 1 - years', 'now.getUTCFullYear() - years']],
    tests: ['audience/resolve-filter.spec'],
  },
  {
    name: 'small groups told',
    what: 'a count of three is told to whoever may not see lists',
    edits: [['apps/marketing/src/audience/small-group.js', 'count >= threshold', 'count >= 0']],
    tests: ['audience/small-group.spec'],
  },
  {
    name: 'kept answers stay',
    what: 'a condition that was asked before is answered as it was then',
    edits: [['apps/marketing/src/audience-index/contact-index.js', 'this.leaves.refresh(slot);', '']],
    tests: ['marketing/audience-index.spec'],
  },
  {
    name: 'a version skipped',
    what: 'the index does not hear of the first change after its own version',
    edits: [['apps/marketing/src/audience-index/audience-index.sql.js', 'generate_series($1::bigint + 1,', 'generate_series($1::bigint + 2,'],
      ['apps/marketing/src/audience-index/audience-index.sql.js', 'row.versions === row.audienceVersion - since && ', '']],
    tests: ['marketing/audience-index.spec'],
  },
  {
    name: 'index without consent',
    what: 'whoever has granted any channel is counted for each',
    edits: [['apps/marketing/src/audience-index/contact-index.js', 'out.set(this.leaves.of(granted(channel)));', 'out.fill(0xffffffff);']],
    tests: ['marketing/audience-index.spec'],
  },
  {
    name: 'restore unnoticed',
    what: 'an index outlives the database it was made of',
    edits: [['apps/marketing/src/audience-index/audience-index.service.js', ' || link.link.marketingEpoch !== index.incarnation', '']],
    tests: ['marketing/audience-index.spec'],
  },
  {
    name: 'slots believed',
    what: 'the rows of a page are read without asking for consent and condition again',
    edits: [['apps/marketing/src/audience/audience.sql.js', 'AND ${clause.text} AND', 'AND (${clause.text} OR true) AND']],
    tests: ['marketing/audience-pages.spec'],
  },
  {
    name: 'page of a closed list',
    what: 'a page is shown although the list closed after its slots were found',
    edits: [['apps/marketing/src/audience/audience.sql.js', ' AND ${unchanged(link, place)}', '']],
    tests: ['marketing/audience-pages.spec'],
  },
  {
    name: 'a limit ends on a holiday',
    what: 'the time to answer a person is over on a Saturday, Sunday or holiday',
    edits: [['apps/register/src/requests/due-date.js', 'while (!isWorkingDay(day))', 'while (false)']],
    tests: ['requests/due-date.spec'],
  },
  {
    name: 'assigned to whom it is closed',
    what: 'a request is assigned to, or stays with, somebody who may not handle it',
    edits: [['apps/register/src/requests/requests.sql.js', " AND m.roles && '{", " AND m.roles <> '{"]],
    tests: ['register/requests.spec'],
  },
  {
    name: 'colleague named',
    what: 'the person is told which employee wrote a value, a decision or a guardian’s word',
    edits: [['apps/register/src/access-log/reader-shown.js', "return viewer === 'customer' ? null : actor", 'return actor']],
    tests: ['register/employees-unnamed.spec'],
  },
  {
    name: 'disclosure without consent',
    what: 'data leaves the company after the person has withdrawn',
    edits: [['apps/register/src/disclosures/release.js', "if (last?.decision !== 'granted')", 'if (!last)']],
    tests: ['disclosures/release.spec'],
  },
  {
    name: 'a read beside an erasure',
    what: 'an entry of the read log outlives the person',
    edits: [['apps/register/src/customers/customers.sql.js', 'ANY($1::uuid[]) ORDER BY id FOR KEY SHARE', 'ANY($1::uuid[]) ORDER BY id']],
    tests: ['register/rights-beside-erasure.spec'],
  },
  {
    name: 'recipient not told',
    what: 'nobody learns that the person it got was erased',
    edits: [['apps/register/src/erasure/erasure.sql.js', "'erasure', fields FROM disclosures", "'erasure', fields FROM disclosures WHERE false"]],
    tests: ['register/disclosures.spec'],
  },
  {
    name: 'guardian afterwards',
    what: 'a guardian makes a consent valid that the child gave before',
    edits: [['apps/register/src/consents/consent.js', '(guardianAt !== null && guardianAt <= decidedAt)', 'guardianAt !== null']],
    tests: ['consents/consent.spec', 'register/guardians.spec'],
  },
  {
    name: 'hold ignored',
    what: 'a legal hold does not stop a demand',
    edits: [['apps/register/src/erasure/eraser.service.js', 'if (hold)', 'if (false)']],
    tests: ['register/holds.spec'],
  },
  {
    name: 'timer without mercy',
    what: 'retention erases the restricted and the held',
    edits: [['apps/register/src/retention/retention.sql.js', `'c.restricted_at IS NULL AND NOT EXISTS (SELECT FROM legal_hold h WHERE h.customer_id = c.id)'`, `'true'`]],
    tests: ['register/retention.spec'],
  },
  {
    name: 'two instances',
    what: 'two instances run retention at the same time',
    edits: [['apps/register/src/retention/retention.sql.js', 'pg_try_advisory_xact_lock($1::bigint)', '$1::bigint IS NOT NULL']],
    tests: ['register/retention.spec'],
  },
  {
    name: 'lifted without a word',
    what: 'a restriction is lifted before the person was told',
    edits: [['apps/register/src/standing/standing.service.js', 'if (!notice?.sent_at || notice.sent_at > new Date())', 'if (false)']],
    tests: ['register/standing.spec'],
  },
  ...SEGMENT_MUTANTS,
  ...EXPORT_MUTANTS,
  ...LEFTOVER_MUTANTS,
  ...BUNDLE_MUTANTS,
  ...DECISION_MUTANTS,
  ...IMPORT_MUTANTS,
  ...OUTAGE_MUTANTS,
  ...RESTORE_MUTANTS,
  ...ROUND_MUTANTS,
  ...STANDING_MUTANTS,
  ...SUPPRESSION_MUTANTS,
];
