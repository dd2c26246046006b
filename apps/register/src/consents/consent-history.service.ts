import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { Reading } from '../access-log/access-log.js';
import { actorTold } from '../access-log/reader-shown.js';
import { Reader } from '../access-log/reader.service.js';
import { Failure } from '#http/failure.js';
import { CUSTOMER_NOT_FOUND } from '../customers/customer.errors.js';
import { consentView, type CustomerRow } from '../customers/customer.row.js';
import { READ_CUSTOMER } from '../customers/customers.sql.js';
import { runInTransaction } from '#database/statement.js';
import { type ConsentRecordRow, READ_HISTORY } from './consents.sql.js';
import type { ConsentRecordSchema, ConsentStateView } from './consents.schemas.js';

type RecordView = z.infer<typeof ConsentRecordSchema>;
type StoredRecord = Omit<ConsentRecordRow, 'decided_at'> & { decided_at: Date; recorded_at: Date; in_effect: boolean; lifts_suppression: boolean };

/** Reads of consents, each logged. */
@Injectable()
export class ConsentHistoryService {
  constructor(private readonly reader: Reader) {}

  current(id: string, reading: Reading): Promise<ConsentStateView[]> {
    return this.reader.read(reading, async (manager) => {
      const [row] = await runInTransaction<CustomerRow>(manager, READ_CUSTOMER, [id]);
      if (!row) throw new Failure(CUSTOMER_NOT_FOUND);
      return { result: row.consents.map(consentView), shown: [{ id, fields: ['consents'] }] };
    });
  }

  records(id: string, reading: Reading): Promise<RecordView[]> {
    return this.reader.read(reading, async (manager) => {
      const [row] = await runInTransaction<CustomerRow>(manager, READ_CUSTOMER, [id]);
      if (!row) throw new Failure(CUSTOMER_NOT_FOUND);
      const records = await runInTransaction<StoredRecord>(manager, READ_HISTORY, [id]);
      return { result: records.map((record) => recordView(record, reading)), shown: [{ id, fields: ['consents.history'] }] };
    });
  }
}

function recordView(r: StoredRecord, { caller }: Reading): RecordView {
  const { wording_id: id, wording_version: version, wording_language: language, wording_sha256: sha256 } = r;
  return {
    purpose: r.purpose, channel: r.channel, decision: r.decision,
    decidedAt: r.decided_at.toISOString(), recordedAt: r.recorded_at.toISOString(), inEffect: r.in_effect, liftsSuppression: r.lifts_suppression,
    wording: id !== null && version !== null && language !== null && sha256 !== null ? { id, version, language, sha256 } : null,
    method: r.method, form: r.form, sourceSystem: r.source_system, actor: actorTold(r.actor, caller.kind),
  };
}
