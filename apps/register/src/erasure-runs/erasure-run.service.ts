import type { DataSource } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { isPassing } from '#database/database-errors.js';
import { Failure } from '#http/failure.js';
import { CUSTOMER_NOT_FOUND, CUSTOMER_RESTRICTED } from '../customers/customer.errors.js';
import type { ErasureLog } from '../erasure-log/erasure-log.service.js';
import type { Eraser, ErasureOutcome, ManyErased, ManyGround } from '../erasure/eraser.service.js';

export const RUN_GROUNDS = ['request', 'relationship-ended'] as const satisfies readonly ManyGround[];

/** People of one transaction: what a crash undoes, and what others may have to wait for. */
export const CHUNK = 500;
/** Times a chunk is tried that loses a race against somebody else's change. */
const TRIES = 5;
const ACTOR: Caller = { kind: 'program', subject: 'erasure-run', roles: [], scopes: [] };

export interface RunTally {
  erased: number;
  /** Under a legal hold: out of marketing, restricted, and erased when the hold ends. */
  held: number;
  /** They wanted to be restricted, not erased (GDPR Art. 18(2)). */
  restricted: number;
  /** Erased before, or never customers. */
  notThere: number;
}

/** Erases many, chunk by chunk. Nothing is remembered between chunks: who is gone is gone, so a run that was cut short is simply repeated. */
export class ErasureRun {
  readonly tally: RunTally = { erased: 0, held: 0, restricted: 0, notThere: 0 };

  constructor(
    private readonly dataSource: DataSource,
    private readonly eraser: Eraser,
    private readonly log: ErasureLog,
    private readonly ground: ManyGround,
  ) {}

  /** @param ids each once; @throws Failure `erasure-log-away`: those before are erased, nobody of these is */
  async erase(ids: readonly string[]): Promise<void> {
    const { refs, held, restricted } = await this.eraseMany(ids);
    await this.log.markDone(refs);
    const became = { erased: refs.length, held: 0, restricted: restricted.length, gone: 0 };
    for (const customerId of held) became[await this.eraseHeld(customerId)] += 1;
    this.count(ids.length, became.erased, became.held, became.restricted);
  }

  /** Only counts. */
  async look(ids: readonly string[]): Promise<void> {
    const { free, held, restricted } = await this.dataSource.transaction((manager) => this.eraser.judgeMany(manager, ids, this.ground));
    this.count(ids.length, free, held, restricted);
  }

  /**
   * Queues the erasure, and takes her out of marketing at once. Her hold may have ended since the look, and so may she; and she may have wanted to
   * be restricted, under an erasure that waits already.
   */
  private async eraseHeld(customerId: string): Promise<ErasureOutcome['kind'] | 'restricted' | 'gone'> {
    try {
      const outcome = await this.dataSource.transaction((manager) => this.eraser.erase(manager, { customerId, ground: this.ground, caller: ACTOR }));
      if (outcome.kind === 'erased') await this.log.noteDone(outcome.ref);
      return outcome.kind;
    } catch (error) {
      if (error instanceof Failure && error.definition === CUSTOMER_NOT_FOUND) return 'gone';
      if (error instanceof Failure && error.definition === CUSTOMER_RESTRICTED) return 'restricted';
      throw error;
    }
  }

  private async eraseMany(ids: readonly string[]): Promise<ManyErased> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.dataSource.transaction((manager) => this.eraser.eraseMany(manager, ids, this.ground, ACTOR));
      } catch (error) {
        if (!isPassing(error) || attempt === TRIES) throw error;
      }
    }
  }

  private count(all: number, erased: number, held: number, restricted: number): void {
    this.tally.erased += erased;
    this.tally.held += held;
    this.tally.restricted += restricted;
    this.tally.notThere += all - erased - held - restricted;
  }
}
