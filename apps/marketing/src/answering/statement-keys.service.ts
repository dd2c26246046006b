import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { StatementKeys as KeySet } from './statement-keys.schemas.js';
import { keepStatementKey, readStatementKeys } from './statement-keys.sql.js';
import { StatementSigner } from './statement-signer.service.js';

/** The public keys of statements, also of those signed with a key that is not in use any more: statements are shown for years. */
@Injectable()
export class StatementKeys {
  constructor(private readonly database: DataSource, private readonly signer: StatementSigner) {}

  /** At start, before anything is signed. */
  async keep(): Promise<void> {
    await keepStatementKey(this.database.manager, await this.signer.publicKey());
  }

  async published(): Promise<KeySet> {
    const keys = await readStatementKeys(this.database.manager);
    return { keys: keys.map((key) => ({ ...key, kty: 'EC', crv: 'P-256', use: 'sig', alg: 'ES256' })) };
  }
}
