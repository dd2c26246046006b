import type { Channel } from '#contracts/channel.js';
import { DAY_MS } from './growth.schemas.js';
import { daysIn, type Period } from './period.js';
import { box, COLOURS, curve, label, line, picture } from './svg.js';

export interface ChannelGrowth {
  readonly channel: Channel;
  /** Opted in before the first day. */
  readonly opening: number;
  /** Days without any change may be missing. */
  readonly days: readonly { readonly day: string; readonly gained: number; readonly withdrawn: number }[];
}

const WIDTH = 880;
const LEFT = 72;
const RIGHT = WIDTH - 16;
const HEADER = 54;
const BLOCK = 226;
/** The two strips of a channel, below its title. */
const LEVELS = { top: 34, bottom: 94 } as const;
const BARS = { top: 118, bottom: 188 } as const;
/** Told apart by colour-blind people too (Okabe and Ito). */
const GAINED = '#0072b2';
const WITHDRAWN = '#d55e00';
const OPTED_IN = '#333333';
const WIDEST_BAR = 36;
const MOST_BARS = 92;

const number = new Intl.NumberFormat('en-US');
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const dayAndYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

/** For each channel one block: who is opted in (line), gained (up) and withdrawn (down). Holds days, channels and numbers, and nothing else. */
export function growthChart(period: Period, channels: readonly ChannelGrowth[]): string {
  const barDays = [1, 7, 30].find((days) => daysIn(period) / days <= MOST_BARS) ?? 91;
  const [from, to] = [period.from, period.to].map((each) => dayAndYear.format(new Date(each)));
  const title = `Growth, ${from === to ? from : `${from} – ${to}`} (UTC)`;
  return picture(WIDTH, HEADER + channels.length * BLOCK, title, [
    label(LEFT, 30, title, { size: 17, weight: 600, colour: COLOURS.text }),
    line(RIGHT - 350, RIGHT - 332, 26, OPTED_IN, 1.75), label(RIGHT - 326, 30, 'opted in'),
    box(RIGHT - 262, 21, 10, 10, GAINED), label(RIGHT - 246, 30, 'gained'),
    box(RIGHT - 190, 21, 10, 10, WITHDRAWN), label(RIGHT - 174, 30, 'withdrawn'),
    label(RIGHT, 30, barDays === 1 ? 'a bar a day' : `a bar ${barDays} days`, { anchor: 'end' }),
    ...channels.map((each, index) => `<g transform="translate(0 ${HEADER + index * BLOCK})">\n${block(period, each, barDays)}\n</g>`),
  ]);
}

interface Bar {
  /** Where it stands. */
  readonly left: number;
  readonly right: number;
  gained: number;
  withdrawn: number;
}

function block(period: Period, growth: ChannelGrowth, barDays: number): string {
  const bars = barsOf(period, growth, barDays);
  const levels = bars.reduce<number[]>((all, bar) => [...all, (all.at(-1) ?? 0) + bar.gained - bar.withdrawn], [growth.opening]);
  const sum = (what: 'gained' | 'withdrawn'): string => number.format(bars.reduce((all, bar) => all + bar[what], 0));
  return [
    label(LEFT, 20, growth.channel, { size: 14, weight: 600, colour: COLOURS.text }),
    label(RIGHT, 20, `${number.format(levels.at(-1) ?? 0)} opted in · ${sum('gained')} gained · ${sum('withdrawn')} withdrawn`, { anchor: 'end' }),
    ...levelStrip(bars, levels), ...barStrip(bars), ...dates(period),
  ].filter((part) => part !== '').join('\n');
}

function barsOf(period: Period, { days }: ChannelGrowth, barDays: number): Bar[] {
  const total = daysIn(period);
  const bars = Array.from({ length: Math.ceil(total / barDays) }, (_, index): Bar => (
    { left: xOf(index * barDays, total), right: xOf(Math.min(total, (index + 1) * barDays), total), gained: 0, withdrawn: 0 }));
  for (const each of days) {
    const bar = bars[Math.floor((Date.parse(each.day) - Date.parse(period.from)) / DAY_MS / barDays)];
    if (bar === undefined) continue;
    bar.gained += each.gained;
    bar.withdrawn += each.withdrawn;
  }
  return bars;
}

/** From before the first day to the end of each bar, between the lowest and the highest level. */
function levelStrip(bars: readonly Bar[], levels: readonly number[]): string[] {
  const [low, high] = [Math.min(...levels), Math.max(...levels)];
  const height = LEVELS.bottom - LEVELS.top;
  const y = (level: number): number => LEVELS.bottom - (high === low ? height / 2 : (height * (level - low)) / (high - low));
  const scale = [...new Set([high, low])].flatMap((level) => [line(LEFT, RIGHT, y(level)), amount(y(level), number.format(level))]);
  return [...scale, curve(levels.map((level, index) => [bars[index - 1]?.right ?? LEFT, y(level)]), OPTED_IN)];
}

/** Gained above the zero and withdrawn below it, to one scale. */
function barStrip(bars: readonly Bar[]): string[] {
  const [gained, withdrawn] = [Math.max(...bars.map((bar) => bar.gained)), Math.max(...bars.map((bar) => bar.withdrawn))];
  const middle = (BARS.top + BARS.bottom) / 2;
  if (gained + withdrawn === 0) return [line(LEFT, RIGHT, middle, COLOURS.faint), amount(middle, '0'), label((LEFT + RIGHT) / 2, middle - 8, 'no change', { anchor: 'middle' })];
  const unit = (BARS.bottom - BARS.top) / (gained + withdrawn);
  const zero = BARS.top + gained * unit;
  return [
    ...bars.flatMap((bar) => {
      const width = Math.min(WIDEST_BAR, (bar.right - bar.left) * 0.76);
      const x = (bar.left + bar.right - width) / 2;
      return [box(x, zero - bar.gained * unit, width, bar.gained * unit, GAINED), box(x, zero, width, bar.withdrawn * unit, WITHDRAWN)];
    }),
    line(LEFT, RIGHT, zero, COLOURS.faint), amount(zero, '0'),
    ...(gained * unit > 12 ? [amount(BARS.top, `+${number.format(gained)}`)] : []),
    ...(withdrawn * unit > 12 ? [amount(BARS.bottom, `−${number.format(withdrawn)}`)] : []),
  ];
}

/** The first and the last day, and up to five between them. */
function dates({ from, to }: Period): string[] {
  const total = daysIn({ from, to });
  const shown = Math.min(total, 7);
  const format = total > 366 ? dayAndYear : day;
  return Array.from({ length: shown }, (_, index) => (shown === 1 ? 0 : Math.round((index * (total - 1)) / (shown - 1)))).map((days, index) => {
    const anchor = shown > 2 && index === 0 ? 'start' : shown > 2 && index === shown - 1 ? 'end' : 'middle';
    const x = anchor === 'start' ? LEFT : anchor === 'end' ? RIGHT : xOf(days + 0.5, total);
    return label(x, BARS.bottom + 20, format.format(new Date(Date.parse(from) + days * DAY_MS)), { anchor });
  });
}

function amount(y: number, text: string): string {
  return label(LEFT - 8, y + 4, text, { anchor: 'end' });
}

function xOf(days: number, total: number): number {
  return LEFT + (days / total) * (RIGHT - LEFT);
}
