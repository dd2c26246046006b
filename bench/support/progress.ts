const WIDTH = 28;
const QUIET_MS = 2_000;

/** A bar on a terminal once something takes longer than two seconds; elsewhere a line for each new thing that is done. */
export class Progress {
  private readonly started = Date.now();
  private lastNote = '';

  constructor(private readonly title: string) {}

  update(fraction: number, note: string): void {
    if (Date.now() - this.started < QUIET_MS) return;
    const percent = Math.floor(Math.min(1, fraction) * 100);
    if (!process.stdout.isTTY) {
      if (note !== this.lastNote) process.stdout.write(`  ${this.title}: ${percent} %, ${note}\n`);
    } else {
      const full = Math.round((percent / 100) * WIDTH);
      process.stdout.write(`\r\x1b[2K  ${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${percent} %  ${this.title}: ${note}  ${this.seconds()} s`);
    }
    this.lastNote = note;
  }

  finish(): void {
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[2K');
    process.stdout.write(`· measured ${this.title} (${this.seconds()} s)\n`);
  }

  private seconds(): number {
    return Math.round((Date.now() - this.started) / 1_000);
  }
}
