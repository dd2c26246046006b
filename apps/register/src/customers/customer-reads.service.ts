import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Failure } from '#http/failure.js';
import type { Reading } from '../access-log/access-log.js';
import { Reader } from '../access-log/reader.service.js';
import { runInTransaction } from '#database/statement.js';
import { CustomerRules } from './customer-rules.service.js';
import { CUSTOMER_NOT_FOUND } from './customer.errors.js';
import { type CustomerRow, ownViewOf, shownFields, viewOf } from './customer.row.js';
import type { CustomerView, SearchCustomers } from './customers.schemas.js';
import { FIND_BY_EMAIL, FIND_BY_NAME, FIND_BY_PHONE, LIST_CUSTOMERS, READ_CUSTOMER } from './customers.sql.js';

const NIL = '00000000-0000-0000-0000-000000000000';

/** Reads of customers, each logged with its purpose. */
@Injectable()
export class CustomerReads {
  constructor(
    private readonly reader: Reader,
    private readonly customers: CustomerRules,
  ) {}

  /** @throws Failure `customer-not-found` */
  find(id: string, reading: Reading): Promise<CustomerView> {
    return this.reader.read(reading, async (manager) => {
      const [row] = await runInTransaction<CustomerRow>(manager, READ_CUSTOMER, [id]);
      if (!row) throw new Failure(CUSTOMER_NOT_FOUND);
      return { result: reading.caller.kind === 'customer' ? ownViewOf(row) : viewOf(row), shown: [shown(row)] };
    });
  }

  /** At most 50, by email or phone exactly, or by the beginning of the last name. */
  search(query: SearchCustomers, reading: Reading): Promise<CustomerView[]> {
    return this.reader.read(reading, async (manager) => {
      const rows = await this.matching(manager, query);
      return { result: rows.map(viewOf), shown: rows.map(shown) };
    });
  }

  /** In the order of registration. `next` is the cursor of the page after, null at the end. */
  list(limit: number, cursor: string | undefined, reading: Reading): Promise<{ customers: CustomerView[]; next: string | null }> {
    return this.reader.read(reading, async (manager) => {
      const rows = await runInTransaction<CustomerRow>(manager, LIST_CUSTOMERS, [cursor ?? NIL, limit]);
      const last = rows.at(-1);
      return { result: { customers: rows.map(viewOf), next: rows.length === limit && last ? last.id : null }, shown: rows.map(shown) };
    });
  }

  private matching(manager: EntityManager, { email, phone, name }: SearchCustomers): Promise<CustomerRow[]> {
    if (email !== undefined) return runInTransaction(manager, FIND_BY_EMAIL, [this.customers.emailIndex(email)]);
    if (phone !== undefined) return runInTransaction(manager, FIND_BY_PHONE, [this.customers.phoneIndex(phone)]);
    return runInTransaction(manager, FIND_BY_NAME, [(name ?? '').toLowerCase().replace(/[\\%_]/g, String.raw`\$&`)]);
  }
}

function shown(row: CustomerRow): { id: string; fields: string[] } {
  return { id: row.id, fields: shownFields(row) };
}
