import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Failure } from '#http/failure.js';
import { CUSTOMER_NOT_FOUND } from '../customers/customer.errors.js';
import { runStatement } from '#database/statement.js';
import type { TokenAnswer } from './access.schemas.js';
import { CUSTOMER_EXISTS } from './access.sql.js';
import { CUSTOMER_TOKEN_LIFE_SECONDS } from './key-ring.js';
import { CUSTOMER_SCOPES } from './roles.js';
import { TokenService } from './token.service.js';

/** Tokens with which a customer reaches her own data. */
@Injectable()
export class CustomerTokenService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    private readonly tokens: TokenService,
  ) {}

  /** @throws Failure `customer-not-found` (404). */
  async issue(id: string): Promise<TokenAnswer> {
    const found = await runStatement(this.dataSource, CUSTOMER_EXISTS, [id]);
    if (found.length === 0) throw new Failure(CUSTOMER_NOT_FOUND);
    return this.tokens.issue({ kind: 'customer', subject: id, roles: [], scopes: [...CUSTOMER_SCOPES] }, CUSTOMER_TOKEN_LIFE_SECONDS);
  }
}
