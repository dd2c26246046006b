const WIDTH = 28;
/** What is done sooner needs no bar. */
const QUIET_MS = 1_000;
const REDRAW_MS = 100;
/** Where there is no terminal, a line this often. */
const LINE_MS = 10_000;

interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** How far a long command has come: a bar on a terminal, elsewhere a line now and then. On standard error, so that results can be piped. */
export class Progress {
  private readonly started: number;
  private shownAt: number;

  constructor(private readonly screen: Screen = process.stderr, private readonly now: () => number = Date.now) {
    this.started = this.now();
    this.shownAt = this.started + QUIET_MS - LINE_MS;
  }

  /** @param fraction done, from 0 to 1; @param note what is being done, in a few words without personal data */
  update(fraction: number, note: string): void {
    const now = this.now();
    const isTerminal = this.screen.isTTY === true;
    if (now - this.started < QUIET_MS || now - this.shownAt < (isTerminal ? REDRAW_MS : LINE_MS)) return;
    this.shownAt = now;
    const done = Math.min(1, Math.max(0, fraction));
    const percent = Math.floor(done * 100);
    const full = Math.round(done * WIDTH);
    this.screen.write(isTerminal ? `\r\x1b[2K${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${percent} %  ${note}` : `${percent} %, ${note}\n`);
  }

  /** Takes the bar away. */
  finish(): void {
    if (this.screen.isTTY === true) this.screen.write('\r\x1b[2K');
  }

  /** Whole things a second since the start. */
  rate(count: number): number {
    return Math.round(count / Math.max(0.001, (this.now() - this.started) / 1_000));
  }
}
