import { Inject, Injectable } from '@nestjs/common';
import { hkdfSync } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { blindIndex } from '#addresses/blind-index.js';
import { runInTransaction } from '#database/statement.js';
import { open, seal } from '../access/key-encryption.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { type Address, addressesOf, type Addresses, addressFrom, type FormerValue, overwritten } from './former-value.js';
import { READ_FORMER, REMEMBER_FORMER } from './former-values.sql.js';
import type { AddressKind } from './suppression-digest.js';

interface FormerRow {
  readonly id: string;
  readonly kind: AddressKind;
  readonly sealed: Buffer;
  readonly replaced_at: Date;
  readonly is_handed_on: boolean;
}

/**
 * Addresses that people had before: an old list brings them back by these, and an old copy of theirs holds these. Kept sealed beside a
 * blind index, and under no digest of the list of suppressions: those would tell, together with a backup, whose entries they are.
 */
@Injectable()
export class FormerValues {
  private readonly key: Buffer;

  constructor(@Inject(REGISTER_CONFIG) private readonly config: Pick<RegisterConfig, 'indexKey' | 'keyEncryptionKey'>) {
    this.key = Buffer.from(hkdfSync('sha256', config.keyEncryptionKey, Buffer.alloc(0), 'lupa former values v1', 32));
  }

  /** What a correction overwrites, in the transaction of the correction. */
  async remember(manager: EntityManager, id: string, before: Addresses, after: Addresses): Promise<void> {
    const former = overwritten(before, after);
    const isNew = overwritten(after, before).length > 0;
    if (former.length === 0 && !isNew) return;
    await runInTransaction(manager, REMEMBER_FORMER, [
      id, former.map(({ kind }) => kind), former.map((each) => this.indexOf(each)), former.map(({ texts }) => seal(JSON.stringify(texts), this.key, id)),
      addressesOf(after).map((each) => this.indexOf(each)),
    ]);
  }

  /** The former values of each, the latest first. Who has none is left out. */
  async of(manager: EntityManager, ids: readonly string[]): Promise<ReadonlyMap<string, readonly FormerValue[]>> {
    const rows = await runInTransaction<FormerRow>(manager, READ_FORMER, [ids]);
    const byId = new Map<string, FormerValue[]>();
    for (const { id, kind, sealed, replaced_at: replacedAt, is_handed_on: isHandedOn } of rows) {
      byId.set(id, [...(byId.get(id) ?? []), { ...addressFrom(kind, this.opened(id, sealed)), replacedAt, isHandedOn }]);
    }
    return byId;
  }

  /** @param id of the customer whose value it is; @throws Error when it was sealed under another key */
  opened(id: string, sealed: Buffer): string[] {
    return JSON.parse(open(sealed, this.key, id)) as string[];
  }

  private indexOf({ kind, normalised }: Address): Buffer {
    return blindIndex(this.config.indexKey, kind, normalised);
  }
}
