/** Draws how a figure grows with the number of people: one small picture, readable on light and on dark ground. Pure. */

export interface Curve {
  readonly name: string;
  readonly role: 'lupa' | 'baseline' | 'limit';
  /** People and value, both above zero, people ascending. */
  readonly points: readonly (readonly [people: number, value: number])[];
}

export interface Growth {
  readonly title: string;
  /** What is better, and the unit: stands under the title. */
  readonly subtitle: string;
  readonly unit: 'ms' | '/s';
  readonly curves: readonly Curve[];
}

const WIDTH = 640;
const HEIGHT = 340;
/** Room for the labels of the values on the left, and for the names of the curves on the right. */
const AREA = { left: 74, right: 458, top: 74, bottom: 288 };
const LABEL_GAP = 17;

const STYLE = `
  svg { --ground: #ffffff; --ink: #1f2328; --faint: #59636e; --grid: #e4e8ec; --lupa: #0969da; --baseline: #bc4c00; --limit: #59636e }
  @media (prefers-color-scheme: dark) { svg { --ground: #0d1117; --ink: #f0f6fc; --faint: #9198a1; --grid: #262c36; --lupa: #58a6ff; --baseline: #ffa657; --limit: #9198a1 } }
  text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: var(--ink) }
  .title { font-size: 16px; font-weight: 600 } .faint { fill: var(--faint); font-size: 12px }
  .grid { stroke: var(--grid); stroke-width: 1 } .axis { stroke: var(--faint); stroke-width: 1 }
  .curve { fill: none; stroke-width: 2.5; stroke-linejoin: round; stroke-linecap: round }
  .lupa { stroke: var(--lupa) } .baseline { stroke: var(--baseline) } .limit { stroke: var(--limit); stroke-dasharray: 6 5 }
  .dot-lupa, .name-lupa { fill: var(--lupa) } .dot-baseline, .name-baseline { fill: var(--baseline) } .dot-limit, .name-limit { fill: var(--limit) }
  .name-lupa { font-weight: 600 }`;

/** Both axes are logarithmic: a line that keeps level does not grow, one that climbs as steeply as the people do grows with them. */
export function growthSvg({ title, subtitle, unit, curves }: Growth): string {
  const drawn = curves.filter(({ points }) => points.length > 0);
  const people = [...new Set(drawn.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b);
  const ticks = valueTicks(drawn.flatMap(({ points }) => points.map(([, y]) => y)));
  const x = scale(people[0] ?? 1, people.at(-1) ?? 1, AREA.left + 24, AREA.right - 8);
  const y = scale(ticks[0] ?? 1, ticks.at(-1) ?? 1, AREA.bottom, AREA.top);
  const parts = [
    `<rect width="${WIDTH}" height="${HEIGHT}" rx="8" style="fill: var(--ground)"/>`,
    text(20, 30, 'title', title), text(20, 50, 'faint', subtitle),
    ...ticks.flatMap((tick) => [line('grid', AREA.left, y(tick), AREA.right, y(tick)), text(AREA.left - 10, y(tick) + 4, 'faint', withUnit(tick, unit), 'end')]),
    line('axis', AREA.left, AREA.bottom, AREA.right, AREA.bottom),
    ...people.flatMap((count) => [line('axis', x(count), AREA.bottom, x(count), AREA.bottom + 5), text(x(count), AREA.bottom + 20, 'faint', short(count), 'middle')]),
    text((AREA.left + AREA.right) / 2, HEIGHT - 10, 'faint', 'people opted in (both axes logarithmic)', 'middle'),
    // Ours last, so that it lies on top.
    ...[...drawn].sort((a, b) => Number(a.role === 'lupa') - Number(b.role === 'lupa')).flatMap((curve) => curveParts(curve, x, y)),
    ...names(drawn, y, unit),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(`${title}: ${described(drawn, unit)}`)}">`
    + `<style>${STYLE}\n</style>\n${parts.join('\n')}\n</svg>\n`;
}

type Scale = (value: number) => number;

function scale(from: number, to: number, start: number, end: number): Scale {
  const span = Math.log(to) - Math.log(from);
  return (value) => round(span === 0 ? (start + end) / 2 : start + ((Math.log(value) - Math.log(from)) / span) * (end - start));
}

/** Powers of ten around the values, at least two of them, so that what hardly changes looks so; over a short span also 2 and 5 between. */
export function valueTicks(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const decades = Math.ceil(Math.log10(high)) - Math.floor(Math.log10(low));
  const steps = decades <= 2 ? [1, 2, 5] : [1];
  const all: number[] = [];
  for (let power = Math.floor(Math.log10(low)) - 2; power <= Math.ceil(Math.log10(high)) + 2; power++) all.push(...steps.map((step) => Number((step * 10 ** power).toPrecision(1))));
  let first = all.findLastIndex((tick) => tick <= low);
  let last = all.findIndex((tick) => tick >= high);
  for (let below = true; (all[last] ?? 0) < 9.9 * (all[first] ?? 1); below = !below) {
    if (below && first > 0) first -= 1;
    else last += 1;
  }
  return all.slice(first, last + 1);
}

function curveParts({ role, points }: Curve, x: Scale, y: Scale): string[] {
  const path = points.map(([people, value], i) => `${i === 0 ? 'M' : 'L'}${x(people)} ${y(value)}`).join(' ');
  return [`<path class="curve ${role}" d="${path}"/>`, ...points.map(([people, value]) => `<circle class="dot-${role}" cx="${x(people)}" cy="${y(value)}" r="4"/>`)];
}

/** Each curve's name and last value at its end, pushed apart where they would lie on each other. */
function names(curves: readonly Curve[], y: Scale, unit: Growth['unit']): string[] {
  const wanted = curves.map((curve) => ({ curve, at: y(curve.points.at(-1)?.[1] ?? 1) })).sort((a, b) => a.at - b.at);
  let floor = -Infinity;
  const placed = wanted.map(({ curve, at }) => ({ curve, at: (floor = Math.max(at, floor + LABEL_GAP)) }));
  const over = Math.max(0, (placed.at(-1)?.at ?? 0) - AREA.bottom);
  return placed.map(({ curve: { name, role, points }, at }) => text(AREA.right + 10, at - over + 4, `name-${role}`, `${name} ${withUnit(points.at(-1)?.[1] ?? 0, unit)}`));
}

const described = (curves: readonly Curve[], unit: Growth['unit']): string =>
  curves.map(({ name, points }) => `${name} ${points.map(([people, value]) => `${withUnit(value, unit)} at ${short(people)}`).join(', ')}`).join('; ');

/** 4.5 ms, 1.7 s, 640 k/s */
const withUnit = (value: number, unit: Growth['unit']): string => (unit === '/s' ? `${short(value)}/s` : value < 1_000 ? `${short(value)} ms` : `${short(value / 1_000)} s`);

/** 0.8, 12, 1.5 k, 10 M: at most two digits that matter. */
export function short(value: number): string {
  const rounded = Number(value.toPrecision(value >= 100 && value < 1_000 ? 3 : 2));
  for (const [unit, name] of [[1e9, ' G'], [1e6, ' M'], [1e3, ' k']] as const) if (rounded >= unit) return `${Number((rounded / unit).toPrecision(3))}${name}`;
  return String(rounded);
}

const round = (value: number): number => Math.round(value * 10) / 10;
const line = (name: string, x1: number, y1: number, x2: number, y2: number): string => `<line class="${name}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;
const text = (x: number, y: number, name: string, content: string, anchor = 'start'): string => `<text class="${name}" x="${x}" y="${round(y)}" text-anchor="${anchor}">${escaped(content)}</text>`;
const escaped = (content: string): string => content.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign);
