import { runInNewContext } from 'node:vm';
import { CheckSchema, MAX_CHECK_BYTES } from './check.schemas.js';

/** Ends a look that would hold up the process for hours: as an error, not as a measurement. */
const PATIENCE_MS = 20_000;

function isTaken(channel: string, addresses: readonly string[]): boolean {
  return runInNewContext('look()', { look: () => CheckSchema.safeParse({ channel, addresses }).success }, { timeout: PATIENCE_MS }) as boolean;
}

describe('what is asked about', () => {
  it('is refused as a whole when it is of the other kind, and taken when any of it may be an address', () => {
    expect(isTaken('email', ['+358 45 120 6627', '(045) 120-6627', '09.123/4'])).toBe(false);
    expect(isTaken('email', ['+358451206627', 'aino@example.fi'])).toBe(true);
    expect(isTaken('email', ['()-', ''])).toBe(true);
    expect(isTaken('sms', ['aino@example.fi'])).toBe(false);
  });

  it('is looked at once, however long a text is: the longest that a body can carry holds up nobody', () => {
    expect(isTaken('email', [`${'1'.repeat(MAX_CHECK_BYTES)}x`])).toBe(true);
    expect(isTaken('email', [`${' '.repeat(MAX_CHECK_BYTES)}x`])).toBe(true);
    expect(isTaken('email', ['1'.repeat(MAX_CHECK_BYTES)])).toBe(false);
    expect(isTaken('sms', ['1'.repeat(MAX_CHECK_BYTES)])).toBe(true);
  });
});
