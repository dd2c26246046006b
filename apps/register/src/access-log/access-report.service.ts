import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { runInTransaction, runStatement } from '#database/statement.js';
import { Failure } from '#http/failure.js';
import { CUSTOMER_NOT_FOUND } from '../customers/customer.errors.js';
import { KEEP_CUSTOMERS } from '../customers/customers.sql.js';
import { type Day, finnishHolidays } from '../requests/finnish-holidays.js';
import type { Reading } from './access-log.js';
import { READS_OF_CUSTOMER, REPORT_READS } from './access-report.sql.js';
import type { ListReads, ReadsPage, Report, ReportQuery } from './access-report.schemas.js';
import { type LoggedReader, readerShown } from './reader-shown.js';
import { Reader } from './reader.service.js';

/** In Finland, on working days: from the first hour to before the second. */
const WORKING_HOURS = { from: 7, to: 19 } as const;

interface ActorRow {
  readonly actor: string;
  readonly actor_kind: 'program' | 'staff';
  readonly reads: number;
  readonly people: number;
  readonly purposes: { purpose: string; reads: number }[];
  readonly reads_outside: number;
  readonly people_outside: number;
  readonly outside_hours: number;
}

interface ReadRow {
  readonly id: string;
  readonly at: Date;
  readonly purpose: string;
  readonly fields: string[];
  readonly actor: string;
  readonly actor_kind: LoggedReader['kind'];
  readonly roles: string[];
}

/** What the read log tells: to the data-protection contact who read how much, to the person who read hers (R10). */
@Injectable()
export class AccessReport {
  constructor(
    private readonly dataSource: DataSource,
    private readonly reader: Reader,
  ) {}

  /** Names no person of the register, so it is not itself a read of one. */
  async report({ from, to, order, limit }: ReportQuery): Promise<Report> {
    const rows = await runStatement<ActorRow>(this.dataSource, REPORT_READS, [
      from, to, holidays(from, to), WORKING_HOURS.from, WORKING_HOURS.to, order === 'outside-cases', limit,
    ]);
    return { from, to, actors: rows.map(actorView) };
  }

  /** @throws Failure `customer-not-found` */
  readsOf(id: string, { limit, cursor }: ListReads, reading: Reading): Promise<ReadsPage> {
    const viewer = reading.caller.kind === 'customer' ? 'person' : 'data-protection';
    return this.reader.read(reading, async (manager) => {
      const [customer] = await runInTransaction<{ id: string }>(manager, KEEP_CUSTOMERS, [[id]]);
      if (!customer) throw new Failure(CUSTOMER_NOT_FOUND);
      const rows = await runInTransaction<ReadRow>(manager, READS_OF_CUSTOMER, [customer.id, cursor, limit]);
      const last = rows.at(-1);
      const reads = rows.map((row): ReadsPage['reads'][number] => {
        const { kind, roles, name } = readerShown({ kind: row.actor_kind, name: row.actor, roles: row.roles }, viewer);
        return { at: row.at.toISOString(), purpose: row.purpose, fields: row.fields, reader: { kind, roles: [...roles], name } };
      });
      return { result: { reads, next: rows.length === limit && last ? last.id : null }, shown: [{ id: customer.id, fields: ['reads'] }] };
    });
  }
}

function actorView(row: ActorRow): Report['actors'][number] {
  const isStaff = row.actor_kind === 'staff';
  return {
    actor: row.actor, kind: row.actor_kind, reads: row.reads, people: row.people, purposes: row.purposes,
    outsideCases: isStaff ? { reads: row.reads_outside, people: row.people_outside } : null,
    outsideHours: isStaff ? row.outside_hours : null,
  };
}

function holidays(from: Day, to: Day): Day[] {
  const [first, last] = [Number(from.slice(0, 4)), Number(to.slice(0, 4))];
  return Array.from({ length: last - first + 1 }, (_, i) => [...finnishHolidays(first + i).keys()]).flat();
}
