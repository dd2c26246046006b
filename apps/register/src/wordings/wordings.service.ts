import { Inject, Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { defineFailure, Failure } from '#http/failure.js';
import { PURPOSE_WITHOUT_CONSENT, WORDING_UNKNOWN } from '../consents/consents.errors.js';
import type { ShownWording } from '../consents/consents.schemas.js';
import { IdempotentWrites } from '../idempotency/idempotent-writes.service.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { consentPurposes } from '../profile/purposes.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { WordingEntity } from './wording.entity.js';
import type { PutWording, Wording, WordingKey } from './wordings.schemas.js';

export const WORDING_EXISTS = defineFailure({
  kind: 'conflict', code: 'wording-exists', title: 'This version of the wording exists with another text. A version is never changed; write the next one.',
});
export const WORDING_NOT_FOUND = defineFailure({ kind: 'not-found', code: 'wording-not-found', title: 'There is no such wording.' });

const viewOf = (w: WordingEntity): Wording => ({
  id: w.id, version: w.version, language: w.language, purpose: w.purpose, text: w.text, sha256: w.sha256, createdAt: w.createdAt.toISOString(),
});

@Injectable()
export class WordingsService {
  /** Hash and purpose by key. Wordings never change, so what was read once stays right. */
  private readonly known = new Map<string, { sha256: string; purpose: string }>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly writes: IdempotentWrites,
    @Inject(REGISTER_CONFIG) private readonly config: RegisterConfig,
  ) {}

  async put(write: WriteRequest, caller: Caller, key: WordingKey, body: PutWording): Promise<WriteAnswer> {
    const purposes = consentPurposes(this.config.profile);
    if (!purposes.includes(body.purpose)) throw new Failure(PURPOSE_WITHOUT_CONSENT, { extra: { possible: purposes } });
    const sha256 = createHash('sha256').update(body.text, 'utf8').digest('hex');
    return this.writes.run(write, async (manager) => {
      const isNew = !(await manager.existsBy(WordingEntity, { ...key }));
      const values = { ...key, ...body, sha256, createdBy: caller.subject };
      if (isNew) await manager.createQueryBuilder().insert().into(WordingEntity).values(values).orIgnore().execute();
      const stored = await manager.findOneByOrFail(WordingEntity, { ...key });
      if (stored.sha256 !== sha256 || stored.purpose !== body.purpose) throw new Failure(WORDING_EXISTS);
      const status = isNew ? 201 : 200;
      return { answer: { status, body: { ...key, sha256 }, location: `/v1/wordings/${key.id}/${key.version}/${key.language}` }, customerId: null };
    });
  }

  async find(key: WordingKey): Promise<Wording> {
    const wording = await this.dataSource.manager.findOneBy(WordingEntity, { ...key });
    if (!wording) throw new Failure(WORDING_NOT_FOUND);
    return viewOf(wording);
  }

  async list(): Promise<Wording[]> {
    const wordings = await this.dataSource.manager.find(WordingEntity, { order: { id: 'ASC', version: 'ASC', language: 'ASC' }, take: 1_000 });
    return wordings.map(viewOf);
  }

  /**
   * That the person saw a registered wording of this purpose, word for word.
   * @throws Failure `wording-unknown` naming the field at `pointer`
   */
  async assertShown(shown: ShownWording, purpose: string, pointer: string): Promise<void> {
    const key = `${shown.id} ${shown.version} ${shown.language}`;
    let known = this.known.get(key);
    if (!known) {
      const { id, version, language } = shown;
      const found = await this.dataSource.manager.findOneBy(WordingEntity, { id, version, language });
      if (found) this.known.set(key, (known = { sha256: found.sha256, purpose: found.purpose }));
    }
    if (known?.sha256 === shown.sha256 && known.purpose === purpose) return;
    throw new Failure(WORDING_UNKNOWN, { errors: [{ pointer, code: 'wording-unknown', detail: 'must name a registered wording of this purpose by id, version, language and hash' }] });
  }
}
