import { open, seal } from './key-encryption.js';

const key = Buffer.alloc(32, 1);

describe('keys at rest', () => {
  it('open under their key and label', () => {
    expect(open(seal('private', key, 'kid'), key, 'kid')).toBe('private');
  });

  it('look different each time, and show nothing', () => {
    const sealed = seal('private', key, 'kid');
    expect(sealed.equals(seal('private', key, 'kid'))).toBe(false);
    expect(sealed.includes('private')).toBe(false);
  });

  it.each([
    ['another key', () => open(seal('private', key, 'kid'), Buffer.alloc(32, 2), 'kid')],
    ['another label', () => open(seal('private', key, 'kid'), key, 'other')],
    ['a changed byte', () => {
      const sealed = seal('private', key, 'kid');
      sealed.writeUInt8(sealed.readUInt8(15) ^ 1, 15);
      return open(sealed, key, 'kid');
    }],
  ])('stay shut under %s', (_name, attempt) => {
    expect(attempt).toThrow();
  });
});
