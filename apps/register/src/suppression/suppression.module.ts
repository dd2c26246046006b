import { Global, Module } from '@nestjs/common';
import { Suppressions } from './suppressions.service.js';

/** Global, because every room that decides what marketing may hold asks it. */
@Global()
@Module({ providers: [Suppressions], exports: [Suppressions] })
export class SuppressionModule {}
