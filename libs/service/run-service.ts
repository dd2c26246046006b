import { errorFields, JsonLogger, type LogLevel } from '#http/logger.js';
import { Metrics } from '#http/metrics.js';
import { ConfigurationError } from './configuration.js';
import { keepHeapModest } from './modest-heap.js';
import { stopInTime } from './stop-in-time.js';

/** What is made before the application exists. */
export interface ServiceParts<Config> {
  readonly config: Config;
  readonly logger: JsonLogger;
  readonly metrics: Metrics;
}

interface RunningApp {
  /** `http://host:port` it listens on. */
  getUrl(): Promise<string>;
}

/**
 * The main program of a service: reads the configuration, starts, and says that it is listening. A mistake in the
 * configuration is told in plain words; everything else by name and code, since texts of libraries may carry data.
 */
export async function runService<Config extends { readonly host: string; readonly logLevel: LogLevel }>(
  name: string, readConfig: (environment: NodeJS.ProcessEnv) => Config, start: (parts: ServiceParts<Config>) => Promise<RunningApp>,
): Promise<void> {
  let logger = new JsonLogger(name);
  try {
    const config = readConfig(process.env);
    logger = new JsonLogger(name, config.logLevel);
    endOnUnhandled(logger);
    stopInTime(logger);
    const app = await start({ config, logger, metrics: new Metrics(name) });
    logger.event('listening', { host: config.host, port: Number(new URL(await app.getUrl()).port) });
    keepHeapModest();
  } catch (error) {
    if (error instanceof ConfigurationError) process.stderr.write(`${error.message}\n`);
    else logger.failure('start-failed', error);
    process.exit(1);
  }
}

/** Ends the process after an error nobody handled: what it has left half done, the next start repeats safely. */
function endOnUnhandled(logger: JsonLogger): void {
  const end = (error: unknown): void => {
    logger.event('unhandled-error', errorFields(error), 'fatal');
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}
