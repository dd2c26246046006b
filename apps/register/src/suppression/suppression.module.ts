import { Global, Module } from '@nestjs/common';
import { FormerValues } from './former-values.service.js';
import { Suppressions } from './suppressions.service.js';

/** Global, because every room that decides what marketing may hold asks it. */
@Global()
@Module({ providers: [Suppressions, FormerValues], exports: [Suppressions, FormerValues] })
export class SuppressionModule {}
