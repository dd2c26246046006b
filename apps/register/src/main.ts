import { errorFields, JsonLogger } from '#http/logger.js';
import { Metrics } from '#http/metrics.js';
import { startRegister } from './register.app.js';
import { ConfigurationError, readRegisterConfig } from './register.config.js';

/** Ends the process after an error nobody handled: what it has left half done, the next start repeats safely. */
function endOnUnhandled(logger: JsonLogger): void {
  const end = (error: unknown): void => {
    logger.event('unhandled-error', errorFields(error), 'fatal');
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

async function main(): Promise<void> {
  const config = readRegisterConfig(process.env);
  const logger = new JsonLogger('register', config.logLevel);
  endOnUnhandled(logger);
  try {
    const app = await startRegister({ config, logger, metrics: new Metrics('register') });
    logger.event('listening', { host: config.host, port: Number(new URL(await app.getUrl()).port) });
  } catch (error) {
    logger.failure('start-failed', error);
    process.exit(1);
  }
}

await main().catch((error: unknown) => {
  console.error(error instanceof ConfigurationError ? error.message : 'The register could not start.');
  process.exit(1);
});
