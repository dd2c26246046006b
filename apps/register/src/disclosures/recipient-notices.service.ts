import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { runInTransaction, runStatement } from '#database/statement.js';
import { Failure } from '#http/failure.js';
import { BEFORE_ALL, cursorAfter } from '#http/query.schemas.js';
import type { Reading } from '../access-log/access-log.js';
import { Reader } from '../access-log/reader.service.js';
import type { CustomerRow } from '../customers/customer.row.js';
import { READ_CUSTOMER } from '../customers/customers.sql.js';
import { IdempotentWrites } from '../idempotency/idempotent-writes.service.js';
import type { WriteAnswer, WriteRequest } from '../idempotency/write-request.js';
import { finnishDay } from '../requests/due-date.js';
import { RECIPIENT_NOTICE_NOT_FOUND, RECIPIENT_TOLD_ALREADY } from './disclosures.errors.js';
import type { ListNotices, NoticePage, NoticeWithData, TellRecipient } from './disclosures.schemas.js';
import { type RecipientNoticeRow, recipientNoticeView } from './ledger.row.js';
import { CLOSE_RECIPIENT_NOTICE, LIST_RECIPIENT_NOTICES, LOCK_RECIPIENT_NOTICE, READ_RECIPIENT_NOTICE } from './recipient-notices.sql.js';
import { Recipients } from './recipients.service.js';
import { releasedData } from './released-fields.js';

/** What recipients are still to be told of people they got (GDPR Art. 19). The list names nobody: only ids the recipients know. */
@Injectable()
export class RecipientNotices {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writes: IdempotentWrites,
    private readonly reader: Reader,
    private readonly recipients: Recipients,
  ) {}

  async list({ state, recipient, due, limit, cursor }: ListNotices): Promise<NoticePage> {
    const today = finnishDay(new Date());
    const { position, id } = cursor ?? BEFORE_ALL;
    const rows = await runStatement<RecipientNoticeRow>(this.dataSource, LIST_RECIPIENT_NOTICES, [
      state === undefined ? null : state === 'open', recipient, due === 'late' ? today : null, position, id, limit,
    ]);
    const last = rows.at(-1);
    return {
      notices: rows.map((row) => recipientNoticeView(row, this.recipients.view(row.recipient), today)),
      next: rows.length === limit && last ? cursorAfter(last.due_on, last.id) : null,
    };
  }

  /** With what is right now, for a correction: the recipient has to be told it. @throws Failure `recipient-notice-not-found` */
  find(id: string, reading: Reading): Promise<NoticeWithData> {
    return this.reader.read(reading, async (manager) => {
      const [row] = await runInTransaction<RecipientNoticeRow & { customer_id: string | null }>(manager, READ_RECIPIENT_NOTICE, [id]);
      if (!row) throw new Failure(RECIPIENT_NOTICE_NOT_FOUND);
      const asks = row.kind === 'correction' && row.customer_id !== null && row.done_at === null;
      const [customer] = asks ? await runInTransaction<CustomerRow>(manager, READ_CUSTOMER, [row.customer_id]) : [];
      const data = customer ? releasedData(customer, row.fields) : null;
      return {
        result: { ...recipientNoticeView(row, this.recipients.view(row.recipient), finnishDay(new Date())), data },
        shown: customer && data ? [{ id: customer.id, fields: Object.keys(data) }] : [],
      };
    });
  }

  /** @throws Failure `recipient-notice-not-found`, `recipient-told-already` */
  done(write: WriteRequest, caller: Caller, id: string, { toldBy }: TellRecipient): Promise<WriteAnswer> {
    return this.writes.run(write, async (manager) => {
      const [row] = await runInTransaction<{ done_at: Date | null }>(manager, LOCK_RECIPIENT_NOTICE, [id]);
      if (!row) throw new Failure(RECIPIENT_NOTICE_NOT_FOUND);
      if (row.done_at) throw new Failure(RECIPIENT_TOLD_ALREADY);
      const now = new Date();
      await runInTransaction(manager, CLOSE_RECIPIENT_NOTICE, [id, now, caller.subject, toldBy]);
      return { answer: { status: 200, body: { id, doneAt: now.toISOString() } }, customerId: null };
    });
  }
}
