import { assertTag, assertVersion, etagOf, etagOfContent, requireIfMatch, requireIfMatchTag } from './etag.js';
import { Failure } from './failure.js';

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
  return 'no failure';
}

describe('etag', () => {
  it('reads back what it wrote', () => {
    for (const version of [1, 2, 99, 1_000_000]) expect(requireIfMatch(etagOf(version))).toBe(version);
  });

  it.each([undefined, '', '  '])('asks for If-Match when it is %p', (header) => {
    expect(codeOf(() => requireIfMatch(header))).toBe('if-match-missing');
  });

  it.each(['*', 'W/"3"', '"3", "4"', '3', '"0"', '"-1"', '"3x"', '""', '"99999999999999999999"'])('refuses If-Match %p', (header) => {
    expect(codeOf(() => requireIfMatch(header))).toBe('if-match-invalid');
  });

  it('tells a stale version', () => {
    expect(codeOf(() => assertVersion(3, 4))).toBe('version-mismatch');
    expect(codeOf(() => assertVersion(4, 4))).toBe('no failure');
  });

  it('tells content that has changed, and reads its own tags only', () => {
    const read = requireIfMatchTag(etagOfContent({ rows: 3, holds: [] }));
    expect(codeOf(() => assertTag(read, etagOfContent({ rows: 3, holds: [] })))).toBe('no failure');
    expect(codeOf(() => assertTag(read, etagOfContent({ rows: 4, holds: [] })))).toBe('version-mismatch');
    for (const header of [undefined, ' ']) expect(codeOf(() => requireIfMatchTag(header))).toBe('if-match-missing');
    for (const header of ['*', `W/${read}`, `${read}, ${read}`, read.replaceAll('"', ''), '"3"']) expect(codeOf(() => requireIfMatchTag(header))).toBe('if-match-invalid');
  });
});
