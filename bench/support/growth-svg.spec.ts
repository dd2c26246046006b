import { growthSvg, short, valueTicks } from './growth-svg.js';

const GROWTH = {
  title: 'Counting a <list>', subtitle: 'less is better', unit: 'ms',
  curves: [
    { name: 'Lupa', role: 'lupa', points: [[100_000, 1.2], [1_000_000, 2], [10_000_000, 8]] },
    { name: 'best SQL', role: 'limit', points: [[100_000, 15], [1_000_000, 160]] },
    { name: 'ORM', role: 'baseline', points: [[100_000, 16], [1_000_000, 165]] },
  ],
} as const;

const numbers = (svg: string, pattern: RegExp): number[] => [...svg.matchAll(pattern)].map(([, value]) => Number(value));

describe('a growth curve', () => {
  const svg = growthSvg(GROWTH);

  it('has a line with a point for each measurement, and says in words what it shows', () => {
    expect(svg.match(/<circle/g)).toHaveLength(7);
    expect(svg.match(/<path class="curve/g)).toHaveLength(3);
    expect(svg).toContain('Lupa 1.2 ms at 100 k, 2 ms at 1 M, 8 ms at 10 M');
    expect(svg).toContain('Counting a &lt;list&gt;');
    expect(svg).not.toContain('<list>');
  });

  it('puts ten times as many people always the same way further right, and more value higher', () => {
    const xs = numbers(svg, /class="dot-lupa" cx="([\d.]+)"/g);
    const ys = numbers(svg, /class="dot-lupa" cx="[\d.]+" cy="([\d.]+)"/g);
    expect((xs[1] ?? 0) - (xs[0] ?? 0)).toBeCloseTo((xs[2] ?? 0) - (xs[1] ?? 0), 0);
    expect([...ys].sort((a, b) => b - a)).toEqual(ys);
  });

  it('keeps everything within the picture, and names apart that would lie on each other', () => {
    for (const at of numbers(svg, / y="([\d.]+)"/g)) expect(at).toBeLessThanOrEqual(340);
    const names = numbers(svg, /class="name-[a-z]+" x="[\d.]+" y="([\d.]+)"/g).sort((a, b) => a - b);
    for (const [i, at] of names.entries()) if (i > 0) expect(at - (names[i - 1] ?? 0)).toBeGreaterThanOrEqual(16.9);
  });

  it('knows light and dark', () => {
    expect(svg).toContain('prefers-color-scheme: dark');
  });

  it('stays a picture with a single point', () => {
    const one = growthSvg({ title: 't', subtitle: 's', unit: '/s', curves: [{ name: 'Lupa', role: 'lupa', points: [[1_000, 5]] }] });
    expect(one).not.toMatch(/NaN|Infinity/);
  });
});

it('ticks enclose the values', () => {
  expect(valueTicks([1.2, 165])).toEqual([1, 10, 100, 1_000]);
  expect(valueTicks([3, 12])).toEqual([2, 5, 10, 20]);
});

it('a span below a power of ten is made one: what hardly changes shall look so', () => {
  expect(valueTicks([1_300, 1_550])).toEqual([500, 1_000, 2_000, 5_000]);
  expect(valueTicks([5])).toEqual([1, 2, 5, 10]);
});

it('numbers are short', () => {
  expect([0.83, 12.4, 165, 1_540, 100_000, 10_000_000].map(short)).toEqual(['0.83', '12', '165', '1.5 k', '100 k', '10 M']);
});
