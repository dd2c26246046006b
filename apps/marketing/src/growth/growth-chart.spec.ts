import fc from 'fast-check';
import { CHANNELS } from '#contracts/channel.js';
import { type ChannelGrowth, growthChart } from './growth-chart.js';
import { daysIn, type Period } from './period.js';

const dayAt = (index: number): string => new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10);
const count = fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 1_000_000 }));
const given: fc.Arbitrary<[Period, ChannelGrowth[]]> = fc.nat({ max: 1_500 }).chain((last) => fc.tuple(
  fc.constant({ from: dayAt(0), to: dayAt(last) }),
  fc.subarray([...CHANNELS], { minLength: 1 }).chain((channels) => fc.tuple(...channels.map((channel) => fc.record({
    channel: fc.constant(channel), opening: count,
    days: fc.uniqueArray(fc.record({ day: fc.nat({ max: last }).map(dayAt), gained: count, withdrawn: count }), { selector: ({ day }) => day, maxLength: 40 }),
  })))),
));

const numbers = (svg: string, pattern: RegExp): number[] => [...svg.matchAll(pattern)].map((match) => Number(match[1]));
const total = (days: ChannelGrowth['days'], what: 'gained' | 'withdrawn'): number => days.reduce((sum, day) => sum + day[what], 0);

describe('the chart of growth', () => {
  it('tells for each channel what was gained and withdrawn, and where that leads', () => {
    fc.assert(fc.property(given, ([period, channels]) => {
      const svg = growthChart(period, channels);
      for (const { channel, opening, days } of channels) {
        const [gained, withdrawn] = [total(days, 'gained'), total(days, 'withdrawn')];
        const [told] = new RegExp(`>${channel}</text>\\n<text[^>]*>([^<]*)<`).exec(svg)?.slice(1) ?? [];
        const written = [opening + gained - withdrawn, gained, withdrawn].map((value) => value.toLocaleString('en-US'));
        expect(told).toBe(`${written[0]!} opted in · ${written[1]!} gained · ${written[2]!} withdrawn`);
      }
    }));
  });

  it('stays within its paper, with bars as high as what they stand for', () => {
    fc.assert(fc.property(given, ([period, channels]) => {
      const svg = growthChart(period, channels);
      expect(svg).not.toMatch(/NaN|Infinity|undefined|style=|<script|<style/);
      for (const [, attribute, value] of svg.matchAll(/ (x|y|x1|x2|y1|y2|width|height|cx|cy)="([^"]*)"/g)) {
        expect(Number(value)).toBeGreaterThanOrEqual(0);
        if (attribute?.startsWith('x')) expect(Number(value)).toBeLessThanOrEqual(880);
      }
      expect(numbers(svg, /x="([\d.]+)"[^>]*fill="#(?:0072b2|d55e00)"/g).length).toBeLessThanOrEqual(2 + channels.length * 2 * 92);
    }));
  });

  it('draws the higher bar for the greater gain, up for gained and down for withdrawn', () => {
    const svg = growthChart({ from: '2026-01-01', to: '2026-01-03' }, [{
      channel: 'email', opening: 0,
      days: [{ day: '2026-01-01', gained: 10, withdrawn: 0 }, { day: '2026-01-02', gained: 20, withdrawn: 0 }, { day: '2026-01-03', gained: 0, withdrawn: 15 }],
    }]);
    const bars = (colour: string): { y: number; height: number }[] => [...svg.matchAll(new RegExp(`y="([\\d.]+)" width="36" height="([\\d.]+)" fill="${colour}"`, 'g'))]
      .map(([, y, height]) => ({ y: Number(y), height: Number(height) }));
    const [first, second] = bars('#0072b2');
    const [down] = bars('#d55e00');
    expect(second!.height).toBeCloseTo(2 * first!.height, 0);
    expect(down!.height).toBeCloseTo(1.5 * first!.height, 0);
    expect(first!.y + first!.height).toBeCloseTo(down!.y, 0);
    expect(svg).toContain('>+20<');
    expect(svg).toContain('>−15<');
  });

  it('says when nothing has changed, and takes days together when there are many', () => {
    const period = { from: '2024-01-01', to: '2025-12-31' };
    const svg = growthChart(period, [{ channel: 'post', opening: 3, days: [] }]);
    expect(daysIn(period)).toBe(731);
    expect(svg).toContain('no change');
    expect(svg).toContain('a bar 30 days');
    expect(growthChart({ from: '2026-01-01', to: '2026-01-01' }, [])).toContain('<title>Growth, 1 Jan 2026 (UTC)</title>');
  });
});
