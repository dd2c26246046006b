import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { runStatement } from '#database/statement.js';
import { Failure } from '#http/failure.js';
import { ERASURE_CASE_NOT_FOUND } from '../erasure/erasure.errors.js';
import { certificatePage } from './certificate-page.js';
import type { Language } from './certificate-texts.js';
import { SignedCertificateSchema } from './certificate.schemas.js';
import { fileOf } from './certificate.signature.js';
import { CERTIFICATE_NOT_ISSUED, CLOSED_WITHOUT_CERTIFICATE } from './certificates.errors.js';
import { READ_CERTIFICATE } from './certificates.sql.js';

/** Certificates as they were issued. Only the signed form is stored: the readable one is in it, and takes as much room again. */
@Injectable()
export class CertificatesService {
  constructor(private readonly dataSource: DataSource) {}

  /** The file, the same bytes each time. @throws Failure `erasure-case-not-found`, `certificate-not-issued`, `closed-without-certificate` */
  async file(caseId: string): Promise<string> {
    const [row] = await runStatement<{ closed_at: Date | null; certificate: string | null }>(this.dataSource, READ_CERTIFICATE, [caseId]);
    if (!row) throw new Failure(ERASURE_CASE_NOT_FOUND);
    if (row.certificate === null) throw new Failure(row.closed_at === null ? CERTIFICATE_NOT_ISSUED : CLOSED_WITHOUT_CERTIFICATE);
    return fileOf(row.certificate);
  }

  /** What it says, for printing. */
  async page(caseId: string, language: Language): Promise<string> {
    return certificatePage(SignedCertificateSchema.parse(JSON.parse(await this.file(caseId))).certificate, language);
  }
}
