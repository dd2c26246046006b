import { DataSource } from 'typeorm';
import { connectionSettings, QUERY_TIMEOUT_MS } from '#database/connection-settings.js';
import { WordingEntity } from '../wordings/wording.entity.js';
import { AccountVersions1700000000016 } from './migrations/1700000000016-account-versions.js';
import { Access1700000000002 } from './migrations/1700000000002-access.js';
import { Register1700000000001 } from './migrations/1700000000001-register.js';
import { DeletedAt1700000000019 } from './migrations/1700000000019-deleted-at.js';
import { FormerValues1700000000017 } from './migrations/1700000000017-former-values.js';
import { Erasures1700000000009 } from './migrations/1700000000009-erasures.js';
import { ErasureDecisions1700000000010 } from './migrations/1700000000010-erasure-decisions.js';
import { Disclosures1700000000008 } from './migrations/1700000000008-disclosures.js';
import { SearchRounds1700000000011 } from './migrations/1700000000011-search-rounds.js';
import { NameParts1700000000013 } from './migrations/1700000000013-name-parts.js';
import { KeyChecks1700000000014 } from './migrations/1700000000014-key-checks.js';
import { Pulse1700000000012 } from './migrations/1700000000012-pulse.js';
import { Requests1700000000004 } from './migrations/1700000000004-requests.js';
import { MarketingPulse1700000000015 } from './migrations/1700000000015-marketing-pulse.js';
import { Resync1700000000003 } from './migrations/1700000000003-resync.js';
import { Suppression1700000000005 } from './migrations/1700000000005-suppression.js';
import { EverybodyActive1700000000018 } from './migrations/1700000000018-everybody-active.js';
import { Guardians1700000000006 } from './migrations/1700000000006-guardians.js';
import { Retention1700000000007 } from './migrations/1700000000007-retention.js';

/** The register's database. Logging stays off: the driver's errors carry parameters, which are personal data. */
export function registerDataSource(url: string, poolSize: number, queryTimeoutMs = QUERY_TIMEOUT_MS): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    poolSize,
    applicationName: 'lupa-register',
    migrations: [Register1700000000001, Access1700000000002, Resync1700000000003, Requests1700000000004, Suppression1700000000005, Guardians1700000000006, Retention1700000000007, Disclosures1700000000008, Erasures1700000000009, ErasureDecisions1700000000010, SearchRounds1700000000011, Pulse1700000000012, NameParts1700000000013, KeyChecks1700000000014, MarketingPulse1700000000015, AccountVersions1700000000016, FormerValues1700000000017, EverybodyActive1700000000018, DeletedAt1700000000019],
    migrationsTransactionMode: 'each',
    entities: [WordingEntity],
    logging: false,
    extra: connectionSettings(queryTimeoutMs, '-c timezone=UTC'),
  });
}
