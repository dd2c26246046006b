import { Module } from '@nestjs/common';
import { WordingsController } from './wordings.controller.js';
import { WordingsService } from './wordings.service.js';

@Module({ controllers: [WordingsController], providers: [WordingsService], exports: [WordingsService] })
export class WordingsModule {}
