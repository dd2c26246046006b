import { DataSource } from 'typeorm';
import { connectionSettings, QUERY_TIMEOUT_MS } from '#database/connection-settings.js';
import { Marketing1700000000001 } from './migrations/1700000000001-marketing.js';
import { AudienceIndex1700000000002 } from './migrations/1700000000002-audience-index.js';
import { Segments1700000000003 } from './migrations/1700000000003-segments.js';
import { Exports1700000000004 } from './migrations/1700000000004-exports.js';
import { AddressDigests1700000000005 } from './migrations/1700000000005-address-digests.js';
import { GrowthBefore1700000000006 } from './migrations/1700000000006-growth-before.js';
import { StatementKeys1700000000007 } from './migrations/1700000000007-statement-keys.js';
import { Corrections1700000000008 } from './migrations/1700000000008-corrections.js';
import { Pulse1700000000009 } from './migrations/1700000000009-pulse.js';
import { ListReads1700000000010 } from './migrations/1700000000010-list-reads.js';

/**
 * Marketing's database. Logging stays off: the driver's errors carry parameters, which are personal data.
 * Epochs and versions are bigint and stay below 2^53, so they are read as numbers. Just-in-time compilation is off: PostgreSQL
 * compiles by its estimates, which are far too high for what is read by slot, and compiling takes longer than all the rest.
 */
export function marketingDataSource(url: string, poolSize: number, queryTimeoutMs = QUERY_TIMEOUT_MS): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    poolSize,
    applicationName: 'lupa-marketing',
    migrations: [Marketing1700000000001, AudienceIndex1700000000002, Segments1700000000003, Exports1700000000004, AddressDigests1700000000005, GrowthBefore1700000000006, StatementKeys1700000000007, Corrections1700000000008, Pulse1700000000009, ListReads1700000000010],
    migrationsTransactionMode: 'each',
    parseInt8: true,
    logging: false,
    extra: connectionSettings(queryTimeoutMs, '-c jit=off'),
  });
}
