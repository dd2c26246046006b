/** Parts of a picture. Presentation attributes only: styles and scripts would need an exception from the content security policy. */

export const COLOURS = { text: '#222222', faint: '#6b6b6b', rule: '#d9d9d9', paper: '#ffffff' } as const;

interface TextLook {
  readonly size?: number;
  readonly weight?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly colour?: string;
}

/** A text; it comes from this code and holds nothing that would have to be escaped. */
export function label(x: number, y: number, text: string, { size = 12, weight = 400, anchor = 'start', colour = COLOURS.faint }: TextLook = {}): string {
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" fill="${colour}">${text}</text>`;
}

export function line(from: number, to: number, y: number, colour: string = COLOURS.rule, width = 0.75): string {
  return `<line x1="${round(from)}" x2="${round(to)}" y1="${round(y)}" y2="${round(y)}" stroke="${colour}" stroke-width="${width}"/>`;
}

/** A box; nothing when it has no height. */
export function box(x: number, y: number, width: number, height: number, colour: string): string {
  return height > 0 ? `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${colour}"/>` : '';
}

/** A line through points, with a dot at its end. */
export function curve(points: readonly (readonly [x: number, y: number])[], colour: string): string {
  const [x, y] = points.at(-1) ?? [0, 0];
  const along = points.map(([px, py]) => `${round(px)},${round(py)}`).join(' ');
  return `<polyline points="${along}" fill="none" stroke="${colour}" stroke-width="1.75" stroke-linejoin="round"/>`
    + `<circle cx="${round(x)}" cy="${round(y)}" r="3" fill="${colour}"/>`;
}

export function picture(width: number, height: number, title: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif">`,
    `<title>${title}</title>`,
    box(0, 0, width, height, COLOURS.paper),
    ...parts.filter((part) => part !== ''),
    '</svg>\n',
  ].join('\n');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
