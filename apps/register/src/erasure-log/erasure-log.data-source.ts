import { DataSource } from 'typeorm';
import { connectionSettings, QUERY_TIMEOUT_MS } from '#database/connection-settings.js';
import { Accounts1700000000006 } from './migrations/1700000000006-accounts.js';
import { Decisions1700000000002 } from './migrations/1700000000002-decisions.js';
import { ErasureLog1700000000001 } from './migrations/1700000000001-erasure-log.js';
import { KeyChecks1700000000005 } from './migrations/1700000000005-key-checks.js';
import { OtherDigests1700000000007 } from './migrations/1700000000007-other-digests.js';
import { RegisterPulse1700000000003 } from './migrations/1700000000003-register-pulse.js';
import { StandingLines1700000000004 } from './migrations/1700000000004-standing-lines.js';

/** The database of the erasure log: never part of a backup of the register, and never restored with it. */
export function erasureLogDataSource(url: string, poolSize: number, queryTimeoutMs = QUERY_TIMEOUT_MS): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    poolSize,
    applicationName: 'lupa-erasure-log',
    migrations: [ErasureLog1700000000001, Decisions1700000000002, RegisterPulse1700000000003, StandingLines1700000000004, KeyChecks1700000000005, Accounts1700000000006, OtherDigests1700000000007],
    migrationsTransactionMode: 'each',
    logging: false,
    extra: connectionSettings(queryTimeoutMs, '-c timezone=UTC'),
  });
}
