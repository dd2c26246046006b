import { Module } from '@nestjs/common';
import { WordingsModule } from '../wordings/wordings.module.js';
import { DisclosureConsents } from './disclosure-consents.service.js';
import { DisclosuresController } from './disclosures.controller.js';
import { DisclosuresService } from './disclosures.service.js';
import { RecipientNoticesController } from './recipient-notices.controller.js';
import { RecipientNotices } from './recipient-notices.service.js';
import { Recipients } from './recipients.service.js';

@Module({
  imports: [WordingsModule],
  controllers: [DisclosuresController, RecipientNoticesController],
  providers: [DisclosuresService, DisclosureConsents, RecipientNotices, Recipients],
  exports: [Recipients],
})
export class DisclosuresModule {}
