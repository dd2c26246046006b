import { z } from 'zod';

/** Something the service needs (`essential`) or misses but works without. */
export interface HealthCheck {
  /** Kebab-case: `database`, `broker`. */
  readonly name: string;
  /** When false, its absence is told but the service stays ready. Default true. */
  readonly essential?: boolean;
  /** Resolves true when it answers; a rejection or silence of 2 s counts as down. */
  check(): Promise<boolean>;
}

export const HealthReportSchema = z
  .object({ status: z.enum(['ready', 'degraded', 'not-ready']), checks: z.record(z.string(), z.enum(['up', 'down'])) })
  .meta({ id: 'HealthReport', examples: [{ status: 'degraded', checks: { database: 'up', broker: 'down' } }] });
export type HealthReport = z.infer<typeof HealthReportSchema>;

const PATIENCE_MS = 2_000;

/** Asks every check at once; takes 2 s at most. */
export async function examine(checks: readonly HealthCheck[], patienceMs = PATIENCE_MS): Promise<HealthReport> {
  const answers = await Promise.all(checks.map(async (check) => ({ check, up: await isUp(check, patienceMs) })));
  const down = answers.filter(({ up }) => !up);
  return {
    status: down.length === 0 ? 'ready' : down.some(({ check }) => check.essential !== false) ? 'not-ready' : 'degraded',
    checks: Object.fromEntries(answers.map(({ check, up }) => [check.name, up ? 'up' : 'down'])),
  };
}

async function isUp(check: HealthCheck, patienceMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, patienceMs, false);
  });
  try {
    return await Promise.race([check.check(), silence]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
