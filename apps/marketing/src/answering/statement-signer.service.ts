import { Inject, Injectable } from '@nestjs/common';
import { CompactSign, importJWK } from 'jose';
import { type ErasureStatement, ErasureStatementSchema } from '#contracts/applied.v1.js';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';

/** Signs what marketing states about erasures: compact JWS (RFC 7515), ES256, so that it can be shown later. */
@Injectable()
export class StatementSigner {
  private readonly key: ReturnType<typeof importJWK>;
  private readonly kid: string | undefined;

  constructor(@Inject(MARKETING_CONFIG) { statementKey }: Pick<MarketingConfig, 'statementKey'>) {
    this.key = importJWK(statementKey, 'ES256');
    this.kid = statementKey.kid;
  }

  async sign(statement: ErasureStatement): Promise<string> {
    const payload = new TextEncoder().encode(JSON.stringify(ErasureStatementSchema.parse(statement)));
    const header = { alg: 'ES256', ...(this.kid === undefined ? {} : { kid: this.kid }) };
    return new CompactSign(payload).setProtectedHeader(header).sign(await this.key);
  }
}
