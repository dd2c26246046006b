import { Module } from '@nestjs/common';
import { CertificateKeys } from './certificate-keys.service.js';
import { CertificatesController } from './certificates.controller.js';
import { CertificatesService } from './certificates.service.js';

@Module({ controllers: [CertificatesController], providers: [CertificateKeys, CertificatesService], exports: [CertificateKeys] })
export class CertificatesModule {}
