import type { DataSource } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { isDataError, isPassing } from '#database/database-errors.js';
import { runStatement, type Statement } from '#database/statement.js';
import { Failure } from '#http/failure.js';
import { check } from '#http/validation.js';
import { type CustomerDraft, type CustomerDrafts } from '../customers/customer-drafts.service.js';
import { GroupCommit } from '../database/group-commit.js';
import { type Column, columnAt, type RawRow, rowOf } from './import-columns.js';
import { type ImportRow, ImportRowSchema } from './import-row.schemas.js';
import { IMPORT_CUSTOMERS, PREVIEW_IMPORT } from './imports.sql.js';

/** Never a person's own act, whatever a row says of its method: a consent that is imported opens nothing that is closed (R24). */
const IMPORTER: Caller = { kind: 'staff', subject: 'import', roles: [], scopes: [] };

/** What is wrong with a row: the column, empty for the row as a whole, and the code that POST /v1/customers would answer. Never a value. */
export interface Fault {
  readonly field: string;
  readonly code: string;
}

/** `there`: a customer already, left as she is. `kept-out`: erased or shown the door, so that only she herself can come back. */
export interface Outcome {
  readonly id: string;
  readonly outcome: 'taken-in' | 'there' | 'kept-out';
  /** Whether marketing will be told of her. */
  readonly for_marketing: boolean;
}

/** Rows of one statement: more are hardly quicker. */
export const BATCH = 250;
/** One is being committed while the next is checked. */
export const LANES = 2;

/** Takes rows in by the rules of POST /v1/customers, and by two of its own: nobody is changed, and nobody comes back. */
export class Importer {
  private readonly group: GroupCommit<CustomerDraft, Outcome>;
  private readonly statement: Statement;

  constructor(
    private readonly dataSource: DataSource,
    private readonly drafts: CustomerDrafts,
    isDryRun: boolean,
  ) {
    this.statement = isDryRun ? PREVIEW_IMPORT : IMPORT_CUSTOMERS;
    this.group = new GroupCommit({ execute: (drafts) => this.execute(drafts), isFaultOfOne: isDataError, maxItems: BATCH, lanes: LANES });
  }

  /** What a row becomes, or what is wrong with it. */
  async draft(columns: readonly Column[], cells: readonly string[]): Promise<{ draft: CustomerDraft; claims: number } | { faults: Fault[] }> {
    if (cells.length !== columns.length) return { faults: [{ field: '', code: 'wrong-number-of-cells' }] };
    const spoilt = columns.filter((_, i) => cells[i]?.includes('\uFFFD'));
    if (spoilt.length > 0) return { faults: spoilt.map(({ name }) => ({ field: name, code: 'not-utf-8' })) };
    const raw = rowOf(columns, cells);
    const checked = check(ImportRowSchema, raw.value, { in: 'body' });
    if (!checked.ok) return { faults: checked.errors.map(({ pointer, code }) => ({ field: columnAt(pointer, raw), code })) };
    const { customer, claims, activeAt } = checked.value;
    // Without an address nothing would tell that she was erased, nor that she is here already.
    if (customer.contact.email === undefined && customer.contact.phone === undefined) return { faults: [{ field: 'contact.email', code: 'address-required' }] };
    try {
      return { draft: await this.drafts.draft(customer, IMPORTER, { claims, activeAt }), claims: claims.length };
    } catch (error) {
      if (error instanceof Failure) return { faults: await this.faultsOf(checked.value, raw, error) };
      throw error;
    }
  }

  /** @throws what the database says, SQLSTATE class 22 or 23 when the row itself is at fault */
  take(draft: CustomerDraft): Promise<Outcome> {
    return this.group.run(draft);
  }

  /** A failure of one consent does not say which, nor whether others fail too: each is tried alone. */
  private async faultsOf({ customer, claims }: ImportRow, raw: RawRow, failure: Failure): Promise<Fault[]> {
    const alone = [
      ...customer.consents.map((consent, i) => ({ consents: [consent], claims: [], name: raw.consents[i] ?? '' })),
      ...claims.map((claim, i) => ({ consents: [], claims: [claim], name: raw.claims[i] ?? '' })),
    ];
    const faults = (failure.context.errors ?? []).filter(({ pointer }) => !pointer.startsWith('#/consents'))
      .map(({ pointer, code }) => ({ field: columnAt(pointer.replace('#', '#/customer'), raw), code }));
    if (faults.length > 0) return faults;
    for (const { consents, claims: claimed, name } of alone) {
      const error: unknown = await this.drafts.draft({ ...customer, consents }, IMPORTER, { claims: claimed }).then(() => undefined, (reason: unknown) => reason);
      if (error instanceof Failure) faults.push({ field: name, code: error.code });
    }
    return faults.length > 0 ? faults : [{ field: '', code: failure.code }];
  }

  private async execute(drafts: readonly CustomerDraft[]): Promise<Outcome[]> {
    for (;;) {
      try {
        const outcomes = await runStatement<Outcome>(this.dataSource, this.statement, [JSON.stringify(drafts)]);
        const byId = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
        return drafts.flatMap(({ id }) => byId.get(id) ?? []);
      } catch (error) {
        if (!isPassing(error)) throw error;
      }
    }
  }
}
