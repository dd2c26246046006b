import { parseArgs } from 'node:util';
import type { DataSource } from 'typeorm';
import { ErasureLog } from '../erasure-log/erasure-log.service.js';
import { ConsentLedger } from '../consents/consent-ledger.service.js';
import { LapsedConsents } from '../consents/lapsed-consents.service.js';
import { Eraser } from '../erasure/eraser.service.js';
import type { RegisterConfig } from '../register.config.js';
import { StandingChanges } from '../standing/standing-changes.service.js';
import { Suppressions } from '../suppression/suppressions.service.js';
import { DAYS_KNOWN, type Rule, RULES } from './retention-rules.js';
import { Retention } from './retention.service.js';

const DOES: Readonly<Record<Rule, string>> = { 'relationship-ended': 'to be erased', 'consent-inactive': 'whose consents have lapsed', 'read-log': 'read(s) to be forgotten' };
const DONE: Readonly<Record<Rule, string>> = { 'relationship-ended': 'erased', 'consent-inactive': 'lapsed', 'read-log': 'forgotten' };

const KEPT: Readonly<Record<Rule, string>> = {
  'relationship-ended': `by a restriction or a legal hold, or ended by a record of less than ${DAYS_KNOWN} days ago`, 'consent-inactive': 'by a restriction', 'read-log': 'by a restriction or a legal hold',
};

/** Operator commands about retention. They print numbers and days, never a person. */
export const RETENTION_COMMANDS = {
  'retention:run': {
    usage: 'retention:run [--dry-run]',
    summary: 'Erases those whose relationship ended long enough ago, lets inactive consents lapse, and forgets who read whom long ago, now. --dry-run only counts.',
    async run(dataSource: DataSource, config: RegisterConfig, args: string[]): Promise<void> {
      const { values } = parseArgs({ args, options: { 'dry-run': { type: 'boolean' } } });
      const suppressions = new Suppressions(dataSource, config);
      const log = await ErasureLog.open(config);
      try {
        const eraser = new Eraser(suppressions, new StandingChanges(), log, config);
        const retention = new Retention(dataSource, suppressions, new LapsedConsents(new ConsentLedger(suppressions), config), eraser, log, config);
        if (values['dry-run'] === true) await preview(retention);
        else for (const rule of RULES) await runRule(retention, rule);
      } finally {
        await log.close();
      }
    },
  },
} as const;

async function preview(retention: Retention): Promise<void> {
  for (const { rule, due, spared, oldest } of await retention.preview(new Date())) {
    const since = oldest ? `, the oldest since ${oldest.toISOString().slice(0, 10)}` : '';
    const kept = spared > 0 ? `; ${spared} more are kept ${KEPT[rule]}` : '';
    console.log(`${rule}: ${due} ${DOES[rule]}${since}${kept}`);
  }
}

async function runRule(retention: Retention, rule: Rule): Promise<void> {
  let total = 0;
  for (;;) {
    const outcome = await retention.chunk(rule, new Date(), true);
    if (outcome.kind === 'busy') {
      console.log(`${rule}: another instance is at it; ${total} done here`);
      return;
    }
    if (outcome.kind !== 'more') break;
    total += outcome.done;
  }
  console.log(`${rule}: ${total} ${DONE[rule]}`);
}
