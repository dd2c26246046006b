import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { blindIndex } from '#addresses/blind-index.js';
import { normaliseEmail } from '#addresses/email.js';
import { MAX_NEEDLE_CASES } from '#contracts/search.v1.js';
import { runStatement } from '#database/statement.js';
import type { SoughtKind } from '../certificates/certificate.schemas.js';
import { openValues, sealingKey, type SearchValues } from '../erasure/sealed-values.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { FIND_SHARED, NOTE_SHARED, READ_ROUND_CASES } from './search-rounds.sql.js';
import { withoutKinds } from './shared-values.js';

/** Compared in one statement: namesakes are read one by one, a few milliseconds a case where thousands have the name. */
const COMPARED_AT_ONCE = 100;
const FIRST = '00000000-0000-0000-0000-000000000000';

interface CaseRow {
  readonly id: string;
  readonly ref: string;
  readonly sealed_values: Buffer | null;
  readonly not_sought: SoughtKind[];
  readonly searches: number;
}

/** A case of a round, without what is looked for. */
export interface RoundCase {
  readonly caseId: string;
  /** How often she was looked for before. */
  readonly searches: number;
  /** False when what to look for could not be read: then finding nothing means nothing. */
  readonly isReadable: boolean;
}

/** Somebody who is looked for: personal data, never to be logged or kept. */
export type SoughtCase = RoundCase & SearchValues;

interface SharedRow {
  readonly id: string;
  readonly email: boolean;
  readonly phone: boolean;
  readonly together: boolean;
}

/** Opens what the cases of a round look for, without what a customer of today has as well: a household, or somebody who came back. */
@Injectable()
export class SoughtCases {
  private readonly key: Buffer;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(REGISTER_CONFIG) private readonly config: Pick<RegisterConfig, 'keyEncryptionKey' | 'indexKey'>,
  ) {
    this.key = sealingKey(config.keyEncryptionKey);
  }

  /**
   * Compares every case of the round with the customers of today. What is left out holds for all of the round, in every store.
   * @param lookFor is given what to look for, page by page, and nothing of it is kept here: of 20,000 people it is 50 MB
   */
  async begin(roundId: string, lookFor: (page: readonly SoughtCase[]) => Promise<void>): Promise<RoundCase[]> {
    const cases: RoundCase[] = [];
    for (let after: string | null = null; ;) {
      const rows = await this.read(roundId, after);
      const opened = rows.map((row) => this.opened(row, []));
      const shared = await this.findShared(opened);
      if (shared.length > 0) await runStatement(this.dataSource, NOTE_SHARED, [JSON.stringify(shared)]);
      const kinds = new Map(shared.map((each) => [each.id, each.kinds]));
      await lookFor(opened.map((each) => ({ ...each, ...withoutKinds(each, kinds.get(each.caseId) ?? []) })));
      cases.push(...opened.map(({ caseId, searches, isReadable }) => ({ caseId, searches, isReadable })));
      if (rows.length < MAX_NEEDLE_CASES) return cases;
      after = (rows.at(-1) as CaseRow).id;
    }
  }

  /** A page of the same, as `begin` has found it. */
  async page(roundId: string, after: string | null): Promise<{ cases: readonly SoughtCase[]; next: string | null }> {
    const rows = await this.read(roundId, after);
    return { cases: rows.map((row) => this.opened(row, row.not_sought)), next: rows.length < MAX_NEEDLE_CASES ? null : (rows.at(-1) as CaseRow).id };
  }

  /** Of a case that is known from the log of erasures alone only the reference is known. @throws Error when it was sealed under another key */
  open({ id, ref, sealed_values: sealed }: Pick<CaseRow, 'id' | 'ref' | 'sealed_values'>): SearchValues {
    return sealed === null ? { values: [{ kind: 'ref', text: ref }], together: [] } : openValues(this.key, id, sealed);
  }

  private opened(row: CaseRow, without: readonly SoughtKind[]): SoughtCase {
    const about = { caseId: row.id, searches: row.searches };
    try {
      return { ...about, isReadable: true, ...withoutKinds(this.open(row), without) };
    } catch {
      return { ...about, isReadable: false, ...this.open({ ...row, sealed_values: null }) };
    }
  }

  private read(roundId: string, after: string | null): Promise<CaseRow[]> {
    return runStatement<CaseRow>(this.dataSource, READ_ROUND_CASES, [roundId, after ?? FIRST, MAX_NEEDLE_CASES]);
  }

  private async findShared(cases: readonly SoughtCase[]): Promise<{ id: string; kinds: SoughtKind[] }[]> {
    const asked = cases.map(({ caseId: id, values, together: [name] }) => {
      const [email, phone] = (['email', 'phone'] as const).map((kind) => values.find((value) => value.kind === kind)?.text);
      const [first, last, street] = name ?? [];
      return {
        id, first, last, street,
        email: email === undefined ? null : hex(blindIndex(this.config.indexKey, 'email', normaliseEmail(email))),
        phone: phone === undefined ? null : hex(blindIndex(this.config.indexKey, 'phone', phone)),
      };
    });
    const rows: SharedRow[] = [];
    for (let from = 0; from < asked.length; from += COMPARED_AT_ONCE) {
      rows.push(...await runStatement<SharedRow>(this.dataSource, FIND_SHARED, [JSON.stringify(asked.slice(from, from + COMPARED_AT_ONCE))]));
    }
    return rows.map((row) => ({ id: row.id, kinds: sharedKinds(row) })).filter(({ kinds }) => kinds.length > 0);
  }
}

function sharedKinds({ email, phone, together }: SharedRow): SoughtKind[] {
  return [...(email ? ['email' as const] : []), ...(phone ? ['phone' as const] : []), ...(together ? ['name-and-street' as const] : [])];
}

const hex = (bytes: Buffer): string => `\\x${bytes.toString('hex')}`;
