import { Module } from '@nestjs/common';
import { AccountGuard } from '../access/account-versions.service.js';
import { ErasureModule } from '../erasure/erasure.module.js';
import { Pulse } from './pulse.service.js';

@Module({ imports: [ErasureModule], providers: [Pulse, AccountGuard] })
export class RestoreModule {}
