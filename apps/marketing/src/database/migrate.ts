import { migrateCommand } from '#database/migrate-command.js';
import { marketingDataSource } from './data-source.js';

process.exitCode = await migrateCommand('marketing', 'MARKETING_DATABASE_URL', (url) => marketingDataSource(url, 2));
