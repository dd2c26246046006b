import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { KeyObject } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { runInTransaction, runStatement } from '#database/statement.js';
import { ConfigurationError } from '#service/configuration.js';
import type { KeySet, PublicKey } from '../access/access.schemas.js';
import { newKeyPair, privateKeyOf } from '../access/key-pair.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import {
  INSERT_CERTIFICATE_KEY, LOCK_CERTIFICATE_KEYS, REPLACE_CERTIFICATE_KEY, SELECT_CERTIFICATE_KEY, SELECT_PUBLIC_CERTIFICATE_KEYS,
} from './certificate-keys.sql.js';

/**
 * The keys that sign certificates of erasure: not those of tokens, which are forgotten after a quarter of an hour. One signs;
 * the public keys of all are published for ever.
 */
@Injectable()
export class CertificateKeys implements OnModuleInit {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(REGISTER_CONFIG) private readonly config: Pick<RegisterConfig, 'keyEncryptionKey'>,
  ) {}

  /** The first boot makes the first key; instances that boot at the same time agree on one. */
  async onModuleInit(): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await runInTransaction(manager, LOCK_CERTIFICATE_KEYS, []);
      const keys = await runInTransaction(manager, SELECT_CERTIFICATE_KEY, []);
      if (keys.length === 0) await this.insert(manager);
    });
    await this.signer();
  }

  /** From now on another key signs. The private half of the one before is deleted; what it signed stays valid. */
  async rotate(): Promise<string> {
    return this.dataSource.transaction(async (manager) => {
      await runInTransaction(manager, LOCK_CERTIFICATE_KEYS, []);
      await runInTransaction(manager, REPLACE_CERTIFICATE_KEY, []);
      return this.insert(manager);
    });
  }

  /** Read anew at every call, which is once for many certificates. @throws ConfigurationError when it cannot be opened */
  async signer(): Promise<{ kid: string; privateKey: KeyObject }> {
    const [key] = await runStatement<{ kid: string; sealed: Buffer }>(this.dataSource, SELECT_CERTIFICATE_KEY, []);
    if (!key) throw new Error('no certificate key');
    try {
      return { kid: key.kid, privateKey: privateKeyOf(key, this.config.keyEncryptionKey) };
    } catch {
      throw new ConfigurationError('REGISTER_KEY_ENCRYPTION_KEY does not open the stored certificate key; is it the one it was made with?');
    }
  }

  async published(): Promise<KeySet> {
    const rows = await runStatement<{ publicJwk: PublicKey }>(this.dataSource, SELECT_PUBLIC_CERTIFICATE_KEYS, []);
    return { keys: rows.map(({ publicJwk }) => publicJwk) };
  }

  private async insert(manager: EntityManager): Promise<string> {
    const { kid, sealed, publicJwk } = newKeyPair(this.config.keyEncryptionKey);
    await runInTransaction(manager, INSERT_CERTIFICATE_KEY, [kid, sealed, JSON.stringify(publicJwk)]);
    return kid;
  }
}
