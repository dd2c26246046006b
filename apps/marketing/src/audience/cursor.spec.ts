import { fingerprint, readCursor, writeCursor } from './cursor.js';

const SLOT = 70_123;

describe('a cursor', () => {
  it('continues the list it came from, in whatever order the filter is written', () => {
    const list = fingerprint('email', { language: { is: 'fi' }, birthYear: { after: 1980, before: 1990 } });
    const again = fingerprint('email', { birthYear: { before: 1990, after: 1980 }, language: { is: 'fi' } });
    expect(readCursor(writeCursor(SLOT, list), again)).toBe(SLOT);
  });

  it.each([
    ['another channel', fingerprint('sms', { language: { is: 'fi' } })],
    ['another filter', fingerprint('email', { language: { is: 'sv' } })],
    ['no filter', fingerprint('email', {})],
  ])('is refused for %s', (_what, other) => {
    expect(readCursor(writeCursor(SLOT, fingerprint('email', { language: { is: 'fi' } })), other)).toBeUndefined();
  });

  it.each(['', 'x', '%%%', Buffer.from('[]').toString('base64url'), Buffer.from('["1; DROP TABLE contact","x"]').toString('base64url'),
    Buffer.from('[4294967296,"x"]').toString('base64url'), Buffer.from('[-1,"x"]').toString('base64url')])(
    'is refused when it is %p', (broken) => {
      expect(readCursor(broken, 'x')).toBeUndefined();
    },
  );
});
