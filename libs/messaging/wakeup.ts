/**
 * Lets one loop sleep until somebody notifies it or time is up. A notification that arrives while nobody
 * waits is remembered, so none is lost between a check and the wait that follows it.
 */
export class Wakeup {
  private notified = false;
  private wake: (() => void) | undefined;

  notify(): void {
    this.notified = true;
    this.wake?.();
  }

  /** Resolves at the next notification, or after `ms` milliseconds where given. One waiter at a time. */
  async wait(ms?: number): Promise<void> {
    if (!this.notified) {
      await new Promise<void>((resolve) => {
        const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
        this.wake = () => { clearTimeout(timer); resolve(); };
      });
      this.wake = undefined;
    }
    this.notified = false;
  }
}

/** The value of the promise, or undefined when it takes longer than `ms`. A rejection is passed on while waiting. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => { timer = setTimeout(() => { resolve(undefined); }, ms); });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
    promise.catch(() => undefined); // a rejection after the time is up belongs to nobody
  }
}
