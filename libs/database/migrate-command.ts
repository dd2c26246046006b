import type { DataSource } from 'typeorm';

/**
 * The migration command of a service: `up` applies what is missing, `down` takes back one step (`down all` every
 * one), `status` says whether something is missing. Resolves to the exit code.
 */
export async function migrateCommand(service: string, urlVariable: string, open: (url: string) => DataSource): Promise<number> {
  const [command, extent] = process.argv.slice(2);
  const url = process.env[urlVariable];
  if (!url) {
    console.error(`${urlVariable} is not set.`);
    return 1;
  }
  if (command !== 'up' && command !== 'down' && command !== 'status') {
    console.error('Usage: migrate.js up | down [all] | status');
    return command === '--help' ? 0 : 1;
  }
  const database = await open(url).initialize();
  try {
    if (command === 'up') {
      const done = await database.runMigrations();
      console.log(`${service}: ${done.length} migration(s) applied`);
    } else if (command === 'down') {
      const steps = extent === 'all' ? database.migrations.length : 1;
      for (let step = 0; step < steps; step += 1) await database.undoLastMigration();
      console.log(`${service}: migrated down`);
    } else {
      console.log((await database.showMigrations()) ? `${service}: migrations are missing` : `${service}: up to date`);
    }
    return 0;
  } finally {
    await database.destroy();
  }
}
