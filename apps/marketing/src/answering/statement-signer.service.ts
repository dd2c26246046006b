import { Inject, Injectable } from '@nestjs/common';
import { calculateJwkThumbprint, CompactSign, importJWK } from 'jose';
import { type ErasureStatement, ErasureStatementSchema } from '#contracts/applied.v1.js';
import { SEARCH_STATEMENT_TYPE, type SearchStatement, SearchStatementSchema } from '#contracts/search.v1.js';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import type { StatementKey } from './statement-keys.schemas.js';

/** Signs what marketing states about erasures: compact JWS (RFC 7515), ES256, so that it can be shown later. */
@Injectable()
export class StatementSigner {
  private readonly key: ReturnType<typeof importJWK>;
  private readonly kid: Promise<string>;

  constructor(@Inject(MARKETING_CONFIG) private readonly config: Pick<MarketingConfig, 'statementKey'>) {
    this.key = importJWK(config.statementKey, 'ES256');
    this.kid = calculateJwkThumbprint(config.statementKey);
  }

  sign(statement: ErasureStatement): Promise<string> {
    return this.signed(ErasureStatementSchema.parse(statement));
  }

  /** About a search for what erasures have left; its header says so. */
  signSearch(statement: SearchStatement): Promise<string> {
    return this.signed(SearchStatementSchema.parse(statement), SEARCH_STATEMENT_TYPE);
  }

  async publicKey(): Promise<StatementKey> {
    const { kty, crv, x, y } = this.config.statementKey;
    return { kid: await this.kid, kty, crv, x, y, use: 'sig', alg: 'ES256' };
  }

  private async signed(statement: object, typ?: string): Promise<string> {
    const header = { alg: 'ES256', kid: await this.kid, ...(typ === undefined ? {} : { typ }) };
    return new CompactSign(new TextEncoder().encode(JSON.stringify(statement))).setProtectedHeader(header).sign(await this.key);
  }
}
