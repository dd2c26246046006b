import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Caller } from '#auth/access.js';
import { runInTransaction } from '#database/statement.js';
import { assertTag, etagOfContent } from '#http/etag.js';
import { Failure } from '#http/failure.js';
import type { Reading } from '../access-log/access-log.js';
import { Reader } from '../access-log/reader.service.js';
import { MarketingClient } from '../bundle/marketing-client.service.js';
import { CUSTOMER_NOT_FOUND } from '../customers/customer.errors.js';
import type { CustomerRow } from '../customers/customer.row.js';
import { KEEP_CUSTOMERS, READ_CUSTOMER } from '../customers/customers.sql.js';
import { Recipients } from '../disclosures/recipients.service.js';
import { retainedOf } from '../erasure/retained.js';
import { FIND_HOLD, type HoldRow } from '../holds/holds.sql.js';
import { Suppressions } from '../suppression/suppressions.service.js';
import { countRows, PERSON_TABLES, type PersonTable, RECIPIENTS_OF_CUSTOMER } from './erasure-preview.sql.js';
import type { ErasurePreview } from './erasure-preview.schemas.js';
import { goingOf, READ_LOG, stayingRows, type TableCount } from './person-tables.js';

interface Seen {
  readonly preview: ErasurePreview;
  readonly etag: string;
}

interface Looked extends Seen {
  readonly ref: string;
}

/** What an erasure would do, told before somebody other than the person decides on it. */
@Injectable()
export class ErasurePreviews {
  constructor(
    private readonly reader: Reader,
    private readonly recipients: Recipients,
    private readonly suppressions: Suppressions,
    private readonly marketing: MarketingClient,
  ) {}

  /** Logged as a read of the person. @param withExports also asks marketing; @throws Failure `customer-not-found`, `marketing-away` */
  async show(customerId: string, reading: Reading, withExports: boolean): Promise<Seen> {
    const { preview, etag, ref } = await this.reader.read(reading, async (manager) => {
      const [kept] = await runInTransaction<{ id: string }>(manager, KEEP_CUSTOMERS, [[customerId]]);
      if (!kept) throw new Failure(CUSTOMER_NOT_FOUND);
      return { result: await this.look(manager, kept.id), shown: [{ id: kept.id, fields: ['erasurePreview'] }] };
    });
    // After the transaction: no lock waits for marketing.
    const exports = withExports ? await this.exportsOf(ref) : null;
    return { preview: { ...preview, legalHold: holdShown(preview.legalHold, reading.caller), exports }, etag };
  }

  /**
   * Within the erasure’s transaction, the person locked. @param tag of the preview that was read
   * @throws Failure `version-mismatch`: what would go, stay or stop it is not what was shown
   */
  async assertSeen(manager: EntityManager, customerId: string, tag: string): Promise<void> {
    assertTag(tag, (await this.look(manager, customerId)).etag);
  }

  private async exportsOf(ref: string): Promise<NonNullable<ErasurePreview['exports']>> {
    const { exports } = await this.marketing.held(ref);
    const byRecipient = new Map<string, { id: string; name: string; country: string; exports: number }>();
    for (const { recipient } of exports.filter(({ handedOut }) => handedOut)) {
      byRecipient.set(recipient.id, { ...recipient, exports: (byRecipient.get(recipient.id)?.exports ?? 0) + 1 });
    }
    return [...byRecipient.values()];
  }

  private async look(manager: EntityManager, customerId: string): Promise<Looked> {
    const [customer] = await runInTransaction<CustomerRow>(manager, READ_CUSTOMER, [customerId]);
    if (!customer) throw new Failure(CUSTOMER_NOT_FOUND);
    const counts = await countByTable(manager, customerId);
    const [hold] = await runInTransaction<HoldRow>(manager, FIND_HOLD, [customerId]);
    const received = await runInTransaction<{ recipient: string; disclosures: number; fields: string[] }>(manager, RECIPIENTS_OF_CUSTOMER, [customerId]);
    const closings = this.suppressions.closingsOf(customer, (await this.suppressions.former(manager, [customer])).get(customerId));
    const closes = (['email', 'phone', 'post'] as const).filter((kind) => closings.some((closing) => closing.kind === kind));
    const requests = stayingRows('request-record', counts) ?? 0;
    const preview: ErasurePreview = {
      customerId,
      goes: goingOf(counts),
      stays: retainedOf(new Date(), { hasAddress: closes.length > 0, hasRequest: requests > 0, hasRecipient: received.length > 0 }).map((kept) => ({ ...kept, rows: stayingRows(kept.what, counts) })),
      legalHold: hold ? { reason: hold.reason as NonNullable<ErasurePreview['legalHold']>['reason'], owner: hold.owner, reviewAt: hold.review_at.toISOString() } : null,
      restriction: customer.restricted_at && customer.restriction_reason !== null ? { since: customer.restricted_at.toISOString(), reason: customer.restriction_reason } : null,
      closes,
      knownToMarketing: customer.known_to_marketing,
      recipients: received.map(({ recipient, disclosures, fields }) => ({ ...this.recipients.view(recipient), disclosures, fields })),
      exports: null,
    };
    const { goes, legalHold, restriction, recipients } = preview;
    const etag = etagOfContent({ customerId, version: customer.version, goes: goes.filter(({ table }) => table !== READ_LOG), requests, legalHold, restriction, recipients });
    return { preview, etag, ref: customer.ref };
  }
}

/** That there is a hold is for all who may see the preview; until when for all but her; why, and whose it is, for whoever may read holds. */
function holdShown(hold: ErasurePreview['legalHold'], { kind, scopes }: Caller): ErasurePreview['legalHold'] {
  if (hold === null || scopes.includes('holds:read')) return hold;
  return { reason: null, owner: null, reviewAt: kind === 'customer' ? null : hold.reviewAt };
}

async function countByTable(manager: EntityManager, customerId: string): Promise<TableCount[]> {
  const tables = await runInTransaction<PersonTable>(manager, PERSON_TABLES, []);
  const rows = await manager.query<{ position: number; rows: number }[]>(countRows(tables), [customerId]);
  return rows.map((row) => ({ table: tables[row.position]?.table ?? '', rows: row.rows })).sort((a, b) => (a.table < b.table ? -1 : 1));
}
