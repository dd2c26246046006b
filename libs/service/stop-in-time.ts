import type { JsonLogger } from '#http/logger.js';

/** Requests and batches in hand get five seconds, the connections to the broker four. */
const PATIENCE_MS = 9_000;

/**
 * Whatever hangs, the process is gone within ten seconds of being told to stop: a database that does not answer would hold up each task in
 * turn. What is cut off is what a power cut would cut off: nothing is acknowledged before it is committed, so it is done again.
 */
export function stopInTime(logger: JsonLogger): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      // While the service starts nobody else listens, and the signal ends the process as if we did not either.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
      setTimeout(() => {
        logger.event('stop-cut-short', { ms: PATIENCE_MS }, 'warn');
        process.exit(1);
      }, PATIENCE_MS).unref();
    });
  }
}
