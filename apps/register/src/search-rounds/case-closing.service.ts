import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { ErasureStatement } from '#contracts/applied.v1.js';
import { runInTransaction } from '#database/statement.js';
import { CertificateKeys } from '../certificates/certificate-keys.service.js';
import { type CaseFacts, certificateOf, type RoundFacts, searchedAtOf } from '../certificates/certificate-content.js';
import type { SoughtKind } from '../certificates/certificate.schemas.js';
import { signed } from '../certificates/certificate.signature.js';
import type { ErasureGround } from '../erasure/erasure.schemas.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { CLOSE_CASES, HOLD_ROUND, NOTE_FINDINGS, READ_FACTS } from './search-rounds.sql.js';
import { kindsOf, withoutPositions } from './shared-values.js';
import { readErasureStatement } from './signed-statement.js';
import { SoughtCases } from './sought-cases.service.js';
import type { Findings } from './verdict.js';

/** Cases of one transaction. */
const PART = 200;
const STATEMENT = { store: 'marketing', place: 'statement of the erasure' } as const;
/** Marketing's word on a deletion is a part of the certificate, so it has to be one. */
const UNREADABLE: Findings = { found: [], unsearched: [{ ...STATEMENT, reason: 'unreadable' }] };

interface FactsRow {
  readonly id: string;
  readonly ref: string;
  readonly ground: ErasureGround;
  readonly requested_at: Date;
  readonly deleted_at: Date;
  readonly rows_deleted: number;
  readonly answered_at: Date;
  readonly statement: string | null;
  readonly recipients: CaseFacts['disclosedTo'];
  readonly sealed_values: Buffer | null;
  readonly not_sought: SoughtKind[];
  readonly left_out: number[];
}

/** Why a case stays open, and when it is looked for again. */
export interface Kept {
  readonly id: string;
  readonly findings: Findings;
  readonly again_ms: number;
}

/** Marketing's word on this very person; undefined: it is none, or about somebody else. */
function statementOn({ statement, ref }: FactsRow): ErasureStatement | undefined {
  const content = readErasureStatement(statement ?? '');
  return content?.ref === ref ? content : undefined;
}

/** Writes down what a round has come to: certificates where nothing was found, findings elsewhere. */
@Injectable()
export class CaseClosing {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    private readonly cases: SoughtCases,
    private readonly keys: CertificateKeys,
    @Inject(REGISTER_CONFIG) private readonly config: Pick<RegisterConfig, 'profile' | 'backupRetentionDays'>,
  ) {}

  /** Issues the certificate, closes the case and forgets what was looked for, in one transaction each 200. @param pauseMs until those are looked at again that cannot be closed. Resolves to how many were closed */
  async close(roundId: string, caseIds: readonly string[], round: Omit<RoundFacts, 'issuedAt'>, pauseMs: number): Promise<number> {
    let closed = 0;
    for (let from = 0; from < caseIds.length; from += PART) closed += await this.closePart(roundId, caseIds.slice(from, from + PART), round, pauseMs);
    return closed;
  }

  async keep(roundId: string, kept: readonly Kept[], searchedAt: Date): Promise<void> {
    for (let from = 0; from < kept.length; from += PART) {
      await this.within(roundId, (manager) => runInTransaction(manager, NOTE_FINDINGS, [roundId, JSON.stringify(kept.slice(from, from + PART)), searchedAt]));
    }
  }

  private async closePart(roundId: string, caseIds: readonly string[], round: Omit<RoundFacts, 'issuedAt'>, pauseMs: number): Promise<number> {
    const key = await this.keys.signer();
    return await this.within(roundId, async (manager) => {
      const [issuedAt, searchedAt] = [new Date(), searchedAtOf(round.own, round.statement.content)];
      const certificates = new Map<string, string>();
      const kept: Kept[] = [];
      for (const row of await runInTransaction<FactsRow>(manager, READ_FACTS, [roundId, caseIds])) {
        const content = statementOn(row);
        if (content?.rowsLeft === 0) certificates.set(row.id, await signed(certificateOf(this.factsOf(row, content), { ...round, issuedAt }, this.config.profile, this.config.backupRetentionDays), key));
        else kept.push({ id: row.id, findings: content ? { found: [{ ...STATEMENT, count: content.rowsLeft }], unsearched: [] } : UNREADABLE, again_ms: pauseMs });
      }
      await runInTransaction(manager, CLOSE_CASES, [roundId, [...certificates.keys()], [...certificates.values()], searchedAt, issuedAt]);
      if (kept.length > 0) await runInTransaction(manager, NOTE_FINDINGS, [roundId, JSON.stringify(kept), searchedAt]);
      return certificates.size;
    }) ?? 0;
  }

  private factsOf(row: FactsRow, content: ErasureStatement): CaseFacts {
    const values = this.cases.open(row);
    return {
      caseId: row.id, ground: row.ground, requestedAt: row.requested_at, deletedAt: row.deleted_at, rowsDeleted: row.rows_deleted, answeredAt: row.answered_at,
      statement: { jws: row.statement as string, content }, disclosedTo: row.recipients,
      sought: kindsOf(withoutPositions(values, row.left_out)), notSoughtAsShared: row.not_sought,
      // Of a case that is known from the log alone nobody knows: what may be there is told.
      hadAddress: row.sealed_values === null || values.together.length > 0 || values.values.some(({ kind }) => kind === 'email' || kind === 'phone'),
    };
  }

  /** Undefined when the round is not ours any more: another instance took it that we are dead. */
  private within<T>(roundId: string, write: (manager: EntityManager) => Promise<T>): Promise<T | undefined> {
    return this.dataSource.transaction(async (manager) => {
      const [held] = await runInTransaction(manager, HOLD_ROUND, [roundId]);
      return held ? write(manager) : undefined;
    });
  }
}
