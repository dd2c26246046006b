import { Module } from '@nestjs/common';
import { BundleModule } from '../bundle/bundle.module.js';
import { DisclosuresModule } from '../disclosures/disclosures.module.js';
import { ErasurePreviewController } from './erasure-preview.controller.js';
import { ErasurePreviews } from './erasure-previews.service.js';

@Module({ imports: [DisclosuresModule, BundleModule], controllers: [ErasurePreviewController], providers: [ErasurePreviews], exports: [ErasurePreviews] })
export class ErasurePreviewModule {}
