// Prints a .env for docker-compose.yml with fresh secrets: node scripts/make-env.mjs > .env
import { freshSecrets } from './lib/secrets.mjs';
import { say } from './lib/say.mjs';

const secrets = freshSecrets();
const lines = {
  POSTGRES_ADMIN_PASSWORD: secrets.postgresAdminPassword,
  REGISTER_DATABASE_PASSWORD: secrets.registerDatabasePassword,
  MARKETING_DATABASE_PASSWORD: secrets.marketingDatabasePassword,
  RABBITMQ_PASSWORD: secrets.brokerPassword,
  REGISTER_INDEX_KEY: secrets.REGISTER_INDEX_KEY,
  REGISTER_KEY_ENCRYPTION_KEY: secrets.REGISTER_KEY_ENCRYPTION_KEY,
  LINK_DIGEST_KEY: secrets.LINK_DIGEST_KEY,
  MARKETING_STATEMENT_KEY: `'${secrets.MARKETING_STATEMENT_KEY}'`,
};
for (const [name, value] of Object.entries(lines)) say(`${name}=${value}`);
