import { ANY_SILENCE } from '#database/connection-settings.js';
import { migrateCommand } from '#database/migrate-command.js';
import { erasureLogDataSource } from '../erasure-log/erasure-log.data-source.js';
import { registerDataSource } from './data-source.js';

process.exitCode = await migrateCommand('register', 'REGISTER_DATABASE_URL', (url) => registerDataSource(url, 2, ANY_SILENCE));
// The log is never taken down with the register: it is what outlives it.
if (process.exitCode === 0 && process.argv[2] !== 'down') {
  process.exitCode = await migrateCommand('erasure log', 'REGISTER_ERASURE_LOG_URL', (url) => erasureLogDataSource(url, 1, ANY_SILENCE));
}
