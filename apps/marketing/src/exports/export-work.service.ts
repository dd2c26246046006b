import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import { renewLeases } from './leases.sql.js';

/** Why this process stops working on an export. */
export type StopReason = 'taken-away' | 'stalled' | 'shutdown';

/** An export that this process works on. */
export interface Work {
  readonly signal: AbortSignal;
  stop(reason: StopReason): void;
  /** From now on it cannot be stopped: what became of it is about to be put down. */
  seal(): void;
  /** To be called when nothing is done on it any more. */
  done(): void;
}

/**
 * What this process works on. Every export it has begun bears its name and a lease that it renews; when it dies, the lease runs out and
 * others clean up. So no instance takes from another what that one is still working on.
 */
@Injectable()
export class ExportWork {
  readonly worker = randomUUID();
  private readonly working = new Map<string, { work: Work; ended: Promise<void> }>();

  constructor(
    private readonly database: DataSource,
    @Inject(MARKETING_CONFIG) private readonly config: Pick<MarketingConfig, 'exports'>,
  ) {}

  begin(id: string): Work {
    const controller = new AbortController();
    let isSealed = false;
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => { end = resolve; });
    const work: Work = {
      signal: controller.signal,
      stop: (reason) => { if (!isSealed) controller.abort(reason); },
      seal: () => { isSealed = true; },
      done: () => {
        this.working.delete(id);
        end();
      },
    };
    this.working.set(id, { work, ended });
    return work;
  }

  /** Keeps the leases; stops work on what is not ours any more. */
  async renew(): Promise<void> {
    const before = [...this.working.keys()];
    if (before.length === 0) return;
    const ours = new Set(await renewLeases(this.database.manager, this.worker, this.config.exports.leaseMs));
    for (const id of before) if (!ours.has(id)) this.stop(id, 'taken-away');
  }

  stop(id: string, reason: StopReason): void {
    this.working.get(id)?.work.stop(reason);
  }

  /** Stops everything and waits until it has ended. */
  async stopAll(): Promise<void> {
    const all = [...this.working.values()];
    for (const { work } of all) work.stop('shutdown');
    await Promise.all(all.map(({ ended }) => ended));
  }
}
