import { marketingDataSource } from './data-source.js';

const USAGE = 'Usage: migrate.js up | down [all] | status';

/** `up` applies what is missing, `down` takes back one step (`down all` every one), `status` says what is missing. */
async function migrate(command: string | undefined, extent: string | undefined): Promise<number> {
  const url = process.env['MARKETING_DATABASE_URL'];
  if (!url) {
    console.error('MARKETING_DATABASE_URL is not set.');
    return 1;
  }
  const database = await marketingDataSource(url, 2).initialize();
  try {
    switch (command) {
      case 'up': {
        const done = await database.runMigrations();
        console.log(`marketing: ${done.length} migration(s) applied`);
        return 0;
      }
      case 'down': {
        const steps = extent === 'all' ? database.migrations.length : 1;
        for (let step = 0; step < steps; step += 1) await database.undoLastMigration();
        console.log('marketing: migrated down');
        return 0;
      }
      case 'status':
        console.log((await database.showMigrations()) ? 'marketing: migrations are missing' : 'marketing: up to date');
        return 0;
      default:
        console.error(USAGE);
        return 1;
    }
  } finally {
    await database.destroy();
  }
}

process.exitCode = await migrate(process.argv[2], process.argv[3]);
