import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a condition, asking every 50 ms. @throws Error naming it when it never comes true */
export async function until(what: string, condition: () => Promise<boolean>, patienceMs = 30_000): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${patienceMs / 1_000} s in vain until ${what}`);
    await sleep(50);
  }
}
