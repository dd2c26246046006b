import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Public, Scopes } from '#auth/access.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import { type KeySet, KeySetSchema } from '../access/access.schemas.js';
import { ERASURE_CASE_NOT_FOUND } from '../erasure/erasure.errors.js';
import { CertificateKeys } from './certificate-keys.service.js';
import { LANGUAGES } from './certificate-texts.js';
import { certificateJsonSchema, SignedCertificateSchema } from './certificate.schemas.js';
import { CERTIFICATE_NOT_ISSUED, CLOSED_WITHOUT_CERTIFICATE } from './certificates.errors.js';
import { CertificatesService } from './certificates.service.js';

const IdSchema = z.uuid();
const PageQuerySchema = z.strictObject({ language: z.enum(LANGUAGES).default('fi') });

@ApiTags('erasure')
@Controller()
export class CertificatesController {
  constructor(
    private readonly certificates: CertificatesService,
    private readonly keys: CertificateKeys,
  ) {}

  @Get('v1/erasures/:caseId/certificate')
  @Header('content-type', 'application/json; charset=utf-8')
  @Scopes('erasures:read')
  @ApiOperation({ summary: 'The certificate of an erasure', description: 'The file as it was issued: it is given on byte by byte, because any change to it makes it refused.' })
  @ApiAnswer(200, SignedCertificateSchema, 'The certificate and the signature over it')
  @ApiProblems(ERASURE_CASE_NOT_FOUND, CERTIFICATE_NOT_ISSUED, CLOSED_WITHOUT_CERTIFICATE)
  file(@Param('caseId', { schema: IdSchema }) caseId: string): Promise<string> {
    return this.certificates.file(caseId);
  }

  @Get('v1/erasures/:caseId/certificate/page')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
  @Scopes('erasures:read')
  @ApiOperation({ summary: 'The certificate as a page for printing', description: 'Says the same as the file, and is not signed.' })
  @ApiProduces('text/html')
  @ApiAnswer(200, undefined, 'HTML on one sheet of A4, without scripts and fonts of its own')
  @ApiProblems(ERASURE_CASE_NOT_FOUND, CERTIFICATE_NOT_ISSUED, CLOSED_WITHOUT_CERTIFICATE)
  page(@Param('caseId', { schema: IdSchema }) caseId: string, @Query({ schema: PageQuerySchema }) { language }: z.output<typeof PageQuerySchema>): Promise<string> {
    return this.certificates.page(caseId, language);
  }

  @Get('v1/schemas/erasure-certificate')
  @Header('cache-control', 'public, max-age=3600')
  @Public()
  @ApiOperation({ summary: 'The JSON Schema of a certificate (draft 2020-12)' })
  @ApiAnswer(200, undefined, 'The schema')
  schema(): object {
    return certificateJsonSchema();
  }

  @Get('.well-known/lupa-certificate-keys.json')
  @Header('cache-control', 'public, max-age=30')
  @Public()
  @ApiOperation({ summary: 'Public keys of certificates of erasure (RFC 7517)', description: 'Every one there ever was, so that old certificates can be verified for ever.' })
  @ApiAnswer(200, KeySetSchema, 'The keys')
  publicKeys(): Promise<KeySet> {
    return this.keys.published();
  }
}
