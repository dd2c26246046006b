import { Global, Module } from '@nestjs/common';
import { IdempotentWrites } from './idempotent-writes.service.js';
import { KeySweeper } from './key-sweeper.service.js';

/** Global, because every room that writes needs it. */
@Global()
@Module({ providers: [IdempotentWrites, KeySweeper], exports: [IdempotentWrites] })
export class IdempotencyModule {}
