import { ANY_SILENCE } from '#database/connection-settings.js';
import { migrateCommand } from '#database/migrate-command.js';
import { ConfigurationError } from '#service/configuration.js';
import { marketingDataSource } from './data-source.js';

try {
  process.exitCode = await migrateCommand('marketing', 'MARKETING_DATABASE_URL', (url) => marketingDataSource(url, 2, ANY_SILENCE));
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
