import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { type KeySource } from '#auth/key-source.js';
import { runInTransaction, runStatement } from '#database/statement.js';
import { ConfigurationError } from '#service/configuration.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { DELETE_RETIRED, INSERT_KEY, LOCK_KEY_RING, RETIRE_OTHERS, SELECT_KEYS } from './access.sql.js';
import type { KeySet, PublicKey } from './access.schemas.js';
import { newKeyPair, privateKeyOf } from './key-pair.js';
import { type KeyTimes, rotation, signingKey, verifyingKeys } from './key-ring.js';

interface KeyRow extends KeyTimes {
  readonly kid: string;
  readonly sealed: Buffer;
  readonly publicJwk: PublicKey;
}

interface Key extends KeyTimes {
  readonly kid: string;
  readonly publicJwk: PublicKey;
  readonly publicPem: string;
  readonly privateKey: KeyObject;
}

/** Keys are read again after this time, so that a rotation reaches every instance long before the new key signs. */
const FRESH_MS = 10_000;
/** An unknown key id may be a new key: look, but not for every made-up id. */
const SECOND_LOOK_MS = 1_000;

/** The signing keys of tokens: kept sealed in the database, shared by all instances. */
@Injectable()
export class KeyRing implements KeySource, OnModuleInit {
  private keys: readonly Key[] = [];
  private loadedAt = Number.NEGATIVE_INFINITY;
  private loading: Promise<void> | undefined;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(REGISTER_CONFIG) private readonly config: RegisterConfig,
  ) {}

  /** The first boot makes the first key; instances that boot at the same time agree on one. */
  async onModuleInit(): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await runInTransaction(manager, LOCK_KEY_RING, []);
      await runInTransaction(manager, DELETE_RETIRED, []);
      const rows = await runInTransaction<KeyRow>(manager, SELECT_KEYS, []);
      if (!rows.some(({ retiresAt }) => retiresAt === null)) await this.insertKey(manager, new Date());
    });
    await this.load();
  }

  /** Makes a new key that is published at once and signs after a minute; the others retire when their last token has expired. */
  async rotate(): Promise<{ kid: string; signsFrom: Date }> {
    const { signsFrom, othersRetireAt } = rotation(new Date());
    const kid = await this.dataSource.transaction(async (manager) => {
      await runInTransaction(manager, LOCK_KEY_RING, []);
      await runInTransaction(manager, DELETE_RETIRED, []);
      const inserted = await this.insertKey(manager, signsFrom);
      await runInTransaction(manager, RETIRE_OTHERS, [inserted, othersRetireAt]);
      return inserted;
    });
    await this.load();
    return { kid, signsFrom };
  }

  /** @throws Error when no key may sign now. */
  async signer(): Promise<{ kid: string; privateKey: KeyObject }> {
    await this.refresh(FRESH_MS);
    const key = signingKey(this.keys, new Date());
    if (!key) throw new Error('no signing key');
    return key;
  }

  async publicKey(kid: string): Promise<string | undefined> {
    await this.refresh(FRESH_MS);
    return this.verifying(kid) ?? (await this.refresh(SECOND_LOOK_MS), this.verifying(kid));
  }

  async published(): Promise<KeySet> {
    await this.refresh(FRESH_MS);
    return { keys: verifyingKeys(this.keys, new Date()).map(({ publicJwk }) => publicJwk) };
  }

  private verifying(kid: string): string | undefined {
    return verifyingKeys(this.keys, new Date()).find((key) => key.kid === kid)?.publicPem;
  }

  private async refresh(olderThanMs: number): Promise<void> {
    if (Date.now() - this.loadedAt < olderThanMs) return;
    try {
      await (this.loading ??= this.load().finally(() => (this.loading = undefined)));
    } catch (error) {
      // Without the database the known keys serve on; requests that need it fail by themselves.
      if (this.keys.length === 0) throw error;
    }
  }

  private async load(): Promise<void> {
    const rows = await runStatement<KeyRow>(this.dataSource, SELECT_KEYS, []);
    this.keys = rows.map((row) => this.opened(row));
    this.loadedAt = Date.now();
  }

  private opened({ kid, sealed, publicJwk, signsFrom, retiresAt }: KeyRow): Key {
    let privateKey: KeyObject;
    try {
      privateKey = privateKeyOf({ kid, sealed }, this.config.keyEncryptionKey);
    } catch {
      throw new ConfigurationError('REGISTER_KEY_ENCRYPTION_KEY does not open the stored signing keys; is it the one they were made with?');
    }
    const publicPem = createPublicKey({ key: publicJwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString();
    return { kid, publicJwk, publicPem, privateKey, signsFrom, retiresAt };
  }

  private async insertKey(manager: EntityManager, signsFrom: Date): Promise<string> {
    const { kid, sealed, publicJwk } = newKeyPair(this.config.keyEncryptionKey);
    await runInTransaction(manager, INSERT_KEY, [kid, sealed, JSON.stringify(publicJwk), signsFrom]);
    return kid;
  }
}
