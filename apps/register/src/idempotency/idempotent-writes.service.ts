import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Failure } from '#http/failure.js';
import { runInTransaction, runStatement } from '#database/statement.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { IDEMPOTENCY_IN_PROGRESS, IDEMPOTENCY_KEY_REUSED, IDEMPOTENT_TARGET_ERASED } from './idempotency.errors.js';
import { BEGIN_WRITE, READ_KEY, REMEMBER_WRITE } from './idempotency.sql.js';
import { identify, type WriteAnswer, type WriteIdentity, type WriteRequest } from './write-request.js';

interface Remembered {
  readonly fingerprint: Buffer;
  readonly answer: WriteAnswer | null;
}

/** What a write did; `customerId` ties the remembered answer to the person, so that her erasure takes it along. */
export interface WriteResult {
  readonly answer: WriteAnswer;
  readonly customerId: string | null;
}

/** Runs each write at most once for its Idempotency-Key, the entry in the same transaction as the write. */
@Injectable()
export class IdempotentWrites {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(REGISTER_CONFIG) private readonly config: RegisterConfig,
  ) {}

  identify(request: WriteRequest): WriteIdentity {
    return identify(this.config.indexKey, request);
  }

  /** What is remembered of an earlier write under the same key, as committed now. */
  async find(identity: WriteIdentity): Promise<Remembered | undefined> {
    const [remembered] = await runStatement<Remembered>(this.dataSource, READ_KEY, [identity.keyHash]);
    return remembered;
  }

  /** The answer of an earlier write under the same key. @throws Failure when it was another write, or its person was erased */
  replay(identity: WriteIdentity, remembered: Remembered): WriteAnswer {
    if (!remembered.fingerprint.equals(identity.fingerprint)) throw new Failure(IDEMPOTENCY_KEY_REUSED);
    if (!remembered.answer) throw new Failure(IDEMPOTENT_TARGET_ERASED);
    return remembered.answer;
  }

  /** @throws Failure `idempotency-in-progress`, `idempotency-key-reused`, `idempotent-target-erased`, or what `work` throws */
  async run(request: WriteRequest, work: (manager: EntityManager) => Promise<WriteResult>): Promise<WriteAnswer> {
    const identity = this.identify(request);
    return this.dataSource.transaction(async (manager) => {
      const [lock] = await runInTransaction<{ held: boolean }>(manager, BEGIN_WRITE, [identity.lock]);
      if (!lock?.held) throw new Failure(IDEMPOTENCY_IN_PROGRESS, { retryAfterSeconds: 1 });
      const [remembered] = await runInTransaction<Remembered>(manager, READ_KEY, [identity.keyHash]);
      if (remembered) return this.replay(identity, remembered);
      const { answer, customerId } = await work(manager);
      await runInTransaction(manager, REMEMBER_WRITE, [identity.keyHash, identity.fingerprint, customerId, JSON.stringify(answer)]);
      return answer;
    });
  }
}
