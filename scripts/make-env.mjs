// Makes a .env for docker-compose.yml with fresh secrets: node scripts/make-env.mjs .env
// A file that is there already keeps what it says; only what it lacks is added. Without a name everything is printed.
// A service does not start with other keys than its database was filled under, so keep the file.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { freshSecrets } from './lib/secrets.mjs';
import { say } from './lib/say.mjs';

const secrets = freshSecrets();
const values = {
  POSTGRES_ADMIN_PASSWORD: secrets.postgresAdminPassword,
  REGISTER_DATABASE_PASSWORD: secrets.registerDatabasePassword,
  ERASURE_LOG_DATABASE_PASSWORD: secrets.erasureLogDatabasePassword,
  MARKETING_DATABASE_PASSWORD: secrets.marketingDatabasePassword,
  RABBITMQ_PASSWORD: secrets.brokerPassword,
  REGISTER_INDEX_KEY: secrets.REGISTER_INDEX_KEY,
  REGISTER_KEY_ENCRYPTION_KEY: secrets.REGISTER_KEY_ENCRYPTION_KEY,
  LINK_DIGEST_KEY: secrets.LINK_DIGEST_KEY,
  MARKETING_INDEX_KEY: secrets.MARKETING_INDEX_KEY,
  MARKETING_STATEMENT_KEY: `'${secrets.MARKETING_STATEMENT_KEY}'`,
};
const [file] = process.argv.slice(2);
const kept = file !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : '';
const missing = Object.keys(values).filter((name) => !new RegExp(`^(export )?${name}=\\S`, 'm').test(kept));
const added = missing.map((name) => `${name}=${values[name]}`);

if (file === undefined) {
  for (const line of added) say(line);
} else {
  const lines = kept.split('\n').filter((line) => !missing.some((name) => line.trim() === `${name}=`)).join('\n').trimEnd();
  if (added.length > 0) writeFileSync(file, `${[...(lines === '' ? [] : [lines]), ...added].join('\n')}\n`, { mode: 0o600 });
  say(added.length === 0 ? `${file} lacks nothing.` : `Added to ${file}: ${missing.join(', ')}`);
}
