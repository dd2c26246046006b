import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where a service under test logs to: lines for the test to look at, and a file under LUPA_TEST_LOG_DIRECTORY, in which
 * `npm test` looks for personal data of the tests when all of them are through.
 */
export class ServiceLog {
  readonly lines: string[] = [];
  private readonly file: string | undefined;

  constructor(service: string) {
    const folder = process.env['LUPA_TEST_LOG_DIRECTORY'];
    this.file = folder === undefined ? undefined : join(folder, `${service}-under-test-${String(process.pid)}.log`);
  }

  write(text: string): void {
    this.lines.push(text);
    if (this.file !== undefined) appendFileSync(this.file, text);
  }
}
