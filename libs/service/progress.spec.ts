import { Progress } from './progress.js';

function watched(isTTY: boolean): { progress: Progress; written: string[]; pass: (ms: number) => void } {
  const written: string[] = [];
  let time = 0;
  return { progress: new Progress({ isTTY, write: (text) => written.push(text) }, () => time), written, pass: (ms) => { time += ms; } };
}

describe('progress', () => {
  it('is a bar on a terminal, drawn ten times a second at most, and taken away at the end', () => {
    const { progress, written, pass } = watched(true);
    progress.update(0.1, 'early');
    pass(2_000);
    progress.update(0.5, 'half');
    progress.update(0.51, 'too soon');
    pass(100);
    progress.update(2, 'all');
    progress.finish();
    expect(written).toEqual([`\r\x1b[2K${'█'.repeat(14)}${'░'.repeat(14)} 50 %  half`, `\r\x1b[2K${'█'.repeat(28)} 100 %  all`, '\r\x1b[2K']);
    expect(progress.rate(4_200)).toBe(2_000);
  });

  it('is a line now and then elsewhere', () => {
    const { progress, written, pass } = watched(false);
    for (let second = 0; second < 22; second++) {
      progress.update(second / 22, `${second} s`);
      pass(1_000);
    }
    progress.finish();
    expect(written).toEqual(['4 %, 1 s\n', '50 %, 11 s\n', '95 %, 21 s\n']);
  });
});
