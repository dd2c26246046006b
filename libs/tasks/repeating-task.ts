/** What one turn of a task found: more to do at once, or nothing until the next interval or wake-up. */
export type Turn = 'more' | 'idle';

export interface RepeatingTaskOptions {
  /** Milliseconds between turns when idle and not woken. */
  readonly intervalMs: number;
  /** Milliseconds to wait after a turn that failed. Default: the interval, at least 500. */
  readonly retryMs?: number;
  /** Told of each failed turn; must not throw. */
  readonly onError: (error: unknown) => void;
}

/** Runs one function over and over, never twice at once: by interval, at once after `wake`, again when there is more. */
export class RepeatingTask {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private woken = false;
  private stopped = true;

  constructor(
    private readonly turn: () => Promise<Turn>,
    private readonly options: RepeatingTaskOptions,
  ) {}

  start(): void {
    this.stopped = false;
    this.wake();
  }

  /** Runs a turn as soon as the one under way is done. */
  wake(): void {
    this.woken = true;
    // Not in this call: a turn that wakes its own task at once must find it running.
    if (!this.stopped) this.running ??= Promise.resolve().then(() => this.run());
  }

  /** Resolves when the turn under way has ended; none follows. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async run(): Promise<void> {
    clearTimeout(this.timer);
    let pauseMs = this.options.intervalMs;
    while (this.woken && !this.stopped) {
      this.woken = false;
      try {
        if ((await this.turn()) === 'more') {
          this.woken = true;
          // A turn that never waits for anything would otherwise starve every socket and timer of the process.
          await new Promise(setImmediate);
        }
      } catch (error) {
        this.options.onError(error);
        pauseMs = this.options.retryMs ?? Math.max(this.options.intervalMs, 500);
        this.woken = false;
      }
    }
    this.running = undefined;
    if (!this.stopped) this.timer = setTimeout(() => this.wake(), pauseMs);
  }
}
