/**
 * Waits until the condition holds, asking every 20 ms; what it returns is passed on.
 * @throws Error with `what` in its text when it does not hold within `timeoutMs`.
 */
export async function waitFor<T>(
  what: string, condition: () => T | Promise<T>, timeoutMs = 15_000,
): Promise<Exclude<T, false | undefined | null>> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value !== false && value !== undefined && value !== null) return value as Exclude<T, false | undefined | null>;
    if (Date.now() > until) throw new Error(`waited ${String(timeoutMs)} ms in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
