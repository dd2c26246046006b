import { Module } from '@nestjs/common';
import { DisclosuresModule } from '../disclosures/disclosures.module.js';
import { BundleController } from './bundle.controller.js';
import { BundleService } from './bundle.service.js';
import { MarketingClient } from './marketing-client.service.js';

@Module({ imports: [DisclosuresModule], controllers: [BundleController], providers: [BundleService, MarketingClient], exports: [MarketingClient] })
export class BundleModule {}
