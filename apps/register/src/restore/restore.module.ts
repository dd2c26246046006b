import { Module } from '@nestjs/common';
import { ErasureModule } from '../erasure/erasure.module.js';
import { Pulse } from './pulse.service.js';

@Module({ imports: [ErasureModule], providers: [Pulse] })
export class RestoreModule {}
