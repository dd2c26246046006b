const WIDTH = 28;
const QUIET_MS = 2_000;
/** Where there is no bar, a line this often at most while the same is being done. */
const LINE_MS = 10_000;

/** A bar on a terminal once something takes longer than two seconds; elsewhere a line for each new thing that is done, and now and then one more. */
export class Progress {
  private readonly started = Date.now();
  private lastKind = '';
  private lastLine = 0;

  constructor(private readonly title: string) {}

  update(fraction: number, note: string): void {
    if (Date.now() - this.started < QUIET_MS) return;
    const percent = Math.floor(Math.min(1, fraction) * 100);
    if (!process.stdout.isTTY) {
      // A rate in it changes all the time; what is being done does not.
      const kind = note.replace(/[\d.,]+/g, '');
      if (kind === this.lastKind && Date.now() - this.lastLine < LINE_MS) return;
      process.stdout.write(`  ${this.title}: ${percent} %, ${note}\n`);
      this.lastKind = kind;
      this.lastLine = Date.now();
    } else {
      const full = Math.round((percent / 100) * WIDTH);
      process.stdout.write(`\r\x1b[2K  ${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${percent} %  ${this.title}: ${note}  ${this.seconds()} s`);
    }
  }

  finish(): void {
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[2K');
    process.stdout.write(`· measured ${this.title} (${this.seconds()} s)\n`);
  }

  private seconds(): number {
    return Math.round((Date.now() - this.started) / 1_000);
  }
}
