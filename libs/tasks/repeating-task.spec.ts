import { RepeatingTask } from './repeating-task.js';

/** Resolves once the condition holds; the test's own time limit is the only clock. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('a repeating task', () => {
  it('goes on at once while there is more, and never twice at once', async () => {
    let turns = 0;
    let inside = 0;
    let most = 0;
    const task = new RepeatingTask(async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
      return ++turns < 5 ? 'more' : 'idle';
    }, { intervalMs: 3_600_000, onError: () => undefined });
    task.start();
    task.wake();
    await until(() => turns >= 5);
    await task.stop();
    expect(most).toBe(1);
  });

  it('runs again when woken during a turn', async () => {
    let turns = 0;
    let inside = 0;
    let most = 0;
    const task: RepeatingTask = new RepeatingTask(async () => {
      most = Math.max(most, ++inside);
      if (++turns === 1) task.wake();
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
      return 'idle';
    }, { intervalMs: 3_600_000, onError: () => undefined });
    task.start();
    await until(() => turns === 2);
    await task.stop();
    expect(most).toBe(1);
  });

  it('goes on after a turn that failed', async () => {
    let turns = 0;
    const errors: unknown[] = [];
    const task = new RepeatingTask(async () => {
      if (++turns === 1) throw new Error('first');
      return 'idle';
    }, { intervalMs: 1, retryMs: 1, onError: (error) => errors.push(error) });
    task.start();
    await until(() => turns >= 2);
    await task.stop();
    expect(errors).toHaveLength(1);
  });

  it('does not start another turn once stopped', async () => {
    let turns = 0;
    // It waits for nothing, and still leaves the event loop to others.
    const task = new RepeatingTask(() => Promise.resolve(++turns > 0 ? 'more' : 'idle'), { intervalMs: 1, onError: () => undefined });
    task.start();
    await until(() => turns > 3);
    await task.stop();
    const before = turns;
    task.wake();
    await new Promise((resolve) => setImmediate(resolve));
    expect(turns).toBe(before);
  });
});
