import { fingerprint, readCursor, writeCursor } from './cursor.js';

const REF = '6a0f6f3e-6a3c-4c53-9d0b-0d3f4a1b2c3d';

describe('a cursor', () => {
  it('continues the list it came from, in whatever order the filter is written', () => {
    const list = fingerprint('email', { language: 'fi', birthYear: { from: 1980, to: 1990 } });
    const again = fingerprint('email', { birthYear: { to: 1990, from: 1980 }, language: 'fi' });
    expect(readCursor(writeCursor(REF, list), again)).toBe(REF);
  });

  it.each([
    ['another channel', fingerprint('sms', { language: 'fi' })],
    ['another filter', fingerprint('email', { language: 'sv' })],
    ['no filter', fingerprint('email', {})],
  ])('is refused for %s', (_what, other) => {
    expect(readCursor(writeCursor(REF, fingerprint('email', { language: 'fi' })), other)).toBeUndefined();
  });

  it.each(['', 'x', '%%%', Buffer.from('[]').toString('base64url'), Buffer.from('["1; DROP TABLE contact","x"]').toString('base64url')])(
    'is refused when it is %p', (broken) => {
      expect(readCursor(broken, 'x')).toBeUndefined();
    },
  );
});
