import { Module } from '@nestjs/common';
import { WordingsModule } from '../wordings/wordings.module.js';
import { ConsentHistoryService } from './consent-history.service.js';
import { ConsentLedger } from './consent-ledger.service.js';
import { ConsentRules } from './consent-rules.service.js';
import { LapsedConsents } from './lapsed-consents.service.js';
import { ConsentsController } from './consents.controller.js';
import { ConsentsService } from './consents.service.js';

@Module({
  imports: [WordingsModule],
  controllers: [ConsentsController],
  providers: [ConsentsService, ConsentRules, ConsentLedger, LapsedConsents, ConsentHistoryService],
  exports: [ConsentRules, ConsentLedger, LapsedConsents],
})
export class ConsentsModule {}
