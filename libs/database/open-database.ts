import type { DataSource } from 'typeorm';
import { isAway } from './database-errors.js';

/** The database is reachable but was not migrated for this version of the service. */
export class MigrationsMissing extends Error {
  override readonly name = 'MigrationsMissing';
  readonly code = 'MigrationsMissing';
}

const RETRY_MS = 500;

/**
 * Connects, waiting for a database that is still starting.
 * @throws MigrationsMissing, or the driver's error when it is not there within `patienceMs`
 */
export async function openDatabase(database: DataSource, patienceMs = 30_000): Promise<DataSource> {
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      await database.initialize();
      break;
    } catch (error) {
      if (!isAway(error) || Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
  if (await database.showMigrations()) {
    await database.destroy();
    throw new MigrationsMissing();
  }
  return database;
}
