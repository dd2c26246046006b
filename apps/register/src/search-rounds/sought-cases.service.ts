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
import { placed, type Placed, withoutPositions } from './shared-values.js';

/** Compared in one statement: namesakes are read one by one, a few milliseconds a name where thousands have the name. */
const COMPARED_AT_ONCE = 300;
/** What others may have as well. */
const COMPARED_KINDS: ReadonlySet<SoughtKind> = new Set<SoughtKind>(['email', 'phone', 'name-and-street']);
const FIRST = '00000000-0000-0000-0000-000000000000';

interface CaseRow {
  readonly id: string;
  readonly ref: string;
  readonly sealed_values: Buffer | null;
  readonly left_out: number[];
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

/** Of one case: which of its values somebody of today has as well, and of which kinds they are. */
interface Shared {
  readonly id: string;
  readonly positions: readonly number[];
  readonly kinds: readonly SoughtKind[];
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
      const without = new Map(shared.map(({ id, positions }) => [id, positions]));
      await lookFor(opened.map((each) => ({ ...each, ...withoutPositions(each, without.get(each.caseId) ?? []) })));
      cases.push(...opened.map(({ caseId, searches, isReadable }) => ({ caseId, searches, isReadable })));
      if (rows.length < MAX_NEEDLE_CASES) return cases;
      after = (rows.at(-1) as CaseRow).id;
    }
  }

  /** A page of the same, as `begin` has found it. */
  async page(roundId: string, after: string | null): Promise<{ cases: readonly SoughtCase[]; next: string | null }> {
    const rows = await this.read(roundId, after);
    return { cases: rows.map((row) => this.opened(row, row.left_out)), next: rows.length < MAX_NEEDLE_CASES ? null : (rows.at(-1) as CaseRow).id };
  }

  /** Of a case that is known from the log of erasures alone only the reference is known. @throws Error when it was sealed under another key */
  open({ id, ref, sealed_values: sealed }: Pick<CaseRow, 'id' | 'ref' | 'sealed_values'>): SearchValues {
    return sealed === null ? { values: [{ kind: 'ref', text: ref }], together: [] } : openValues(this.key, id, sealed);
  }

  private opened(row: CaseRow, without: readonly number[]): SoughtCase {
    const about = { caseId: row.id, searches: row.searches };
    try {
      return { ...about, isReadable: true, ...withoutPositions(this.open(row), without) };
    } catch {
      return { ...about, isReadable: false, ...this.open({ ...row, sealed_values: null }) };
    }
  }

  private read(roundId: string, after: string | null): Promise<CaseRow[]> {
    return runStatement<CaseRow>(this.dataSource, READ_ROUND_CASES, [roundId, after ?? FIRST, MAX_NEEDLE_CASES]);
  }

  /** Each value by itself: of two emails that she had, one may be another's by now. */
  private async findShared(cases: readonly SoughtCase[]): Promise<Shared[]> {
    const asked = cases.flatMap((sought) => placed(sought).map((each) => ({ id: sought.caseId, ...each })))
      .filter(({ kind }) => COMPARED_KINDS.has(kind)).map((each) => ({ id: each.id, position: each.position, ...this.comparable(each) }));
    const rows: { id: string; position: number }[] = [];
    for (let from = 0; from < asked.length; from += COMPARED_AT_ONCE) {
      rows.push(...await runStatement<{ id: string; position: number }>(this.dataSource, FIND_SHARED, [JSON.stringify(asked.slice(from, from + COMPARED_AT_ONCE))]));
    }
    const byId = new Map<string, number[]>();
    for (const { id, position } of rows) byId.set(id, [...(byId.get(id) ?? []), position]);
    return cases.flatMap((sought) => {
      const positions = byId.get(sought.caseId);
      if (!positions) return [];
      return [{ id: sought.caseId, positions, kinds: [...new Set(placed(sought).filter(({ position }) => positions.includes(position)).map(({ kind }) => kind))] }];
    });
  }

  private comparable({ kind, texts: [text = '', last, street] }: Placed): object {
    switch (kind) {
      case 'email': return { email: hex(blindIndex(this.config.indexKey, 'email', normaliseEmail(text))) };
      case 'phone': return { phone: hex(blindIndex(this.config.indexKey, 'phone', text)) };
      default: return { first: text, last, street };
    }
  }
}

const hex = (bytes: Buffer): string => `\\x${bytes.toString('hex')}`;
