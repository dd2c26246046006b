import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { runStatement } from '#database/statement.js';
import { Failure } from '#http/failure.js';
import { BEFORE_ALL, cursorAfter } from '#http/query.schemas.js';
import { finnishDay } from '../requests/due-date.js';
import { caseLine, type CaseLineRow, type CaseRow, caseView, type Look } from './erasure-case.row.js';
import type { ErasureCasePage, ErasureCaseView, ListCases } from './erasure-case.schemas.js';
import { LIST_CASES, READ_CASE } from './erasure-cases.sql.js';
import { ERASURE_CASE_NOT_FOUND } from './erasure.errors.js';

/** Erasure cases as they are: none of them leads to a person, so no read of them is a read of one. */
@Injectable()
export class ErasureCases {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws Failure `erasure-case-not-found` */
  async find(caseId: string, caller: Caller): Promise<ErasureCaseView> {
    const [row] = await runStatement<CaseRow>(this.dataSource, READ_CASE, [caseId]);
    if (!row) throw new Failure(ERASURE_CASE_NOT_FOUND);
    return caseView(row, lookOf(caller));
  }

  /** What is open and for how long, the longest first; or what was asked for. */
  async list({ state, appeal, limit, cursor }: ListCases, caller: Caller): Promise<ErasureCasePage> {
    const look = lookOf(caller);
    const { position, id } = cursor ?? BEFORE_ALL;
    const rows = await runStatement<CaseLineRow>(this.dataSource, LIST_CASES, [
      state ?? (appeal === undefined ? 'open' : null), appeal !== undefined, appeal === 'late' ? look.today : null, position, id, limit,
    ]);
    const last = rows.at(-1);
    return { cases: rows.map((row) => caseLine(row, look)), next: rows.length === limit && last ? cursorAfter(last.position, last.id) : null };
  }
}

function lookOf({ kind }: Caller): Look {
  const now = new Date();
  return { now, today: finnishDay(now), seesNames: kind === 'staff' };
}
