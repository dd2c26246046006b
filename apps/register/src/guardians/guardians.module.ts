import { Module } from '@nestjs/common';
import { WordingsModule } from '../wordings/wordings.module.js';
import { GuardiansController } from './guardians.controller.js';
import { GuardiansService } from './guardians.service.js';

@Module({ imports: [WordingsModule], controllers: [GuardiansController], providers: [GuardiansService] })
export class GuardiansModule {}
