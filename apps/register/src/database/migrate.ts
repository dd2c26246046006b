import { migrateCommand } from '#database/migrate-command.js';
import { registerDataSource } from './data-source.js';

process.exitCode = await migrateCommand('register', 'REGISTER_DATABASE_URL', (url) => registerDataSource(url, 2));
