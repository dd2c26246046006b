import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type HeldExport, MAX_HELD, type PersonHeldReply, type PersonHeldRequest } from '#contracts/person-held.v1.js';
import { toProjection } from '../contacts/contact-row.js';
import { onOneSnapshot } from '../database/transaction.js';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import { type ExportRow, readContact, readCorrectionsOf, readExportsOf, readParked, readPastRecipientsOf, readReadsOf, readSnapshotsOf, readState } from './held.sql.js';

/** Everything marketing holds of one person, for the register to hand to her. The register logs the read, marketing does not. */
@Injectable()
export class HeldService {
  constructor(
    private readonly database: DataSource,
    @Inject(MARKETING_CONFIG) private readonly config: Pick<MarketingConfig, 'exports'>,
  ) {}

  tell({ ref, after }: PersonHeldRequest): Promise<PersonHeldReply> {
    return onOneSnapshot(this.database, async (manager) => {
      const state = await readState(manager, ref);
      const contact = await readContact(manager, ref);
      const slot = state?.slot ?? null;
      const exports = slot === null ? [] : await readExportsOf(manager, slot, after.export, MAX_HELD);
      const reads = await readReadsOf(manager, ref, slot, after.read, MAX_HELD);
      const next = { export: exports.at(-1)?.number ?? after.export, read: reads.at(-1)?.number ?? after.read };
      return {
        schema: 'person.held.v1',
        state: state ?? null,
        contact: contact === undefined ? null : withoutOrder(toProjection(contact, { epoch: 1, version: 1 })),
        snapshots: slot === null ? [] : (await readSnapshotsOf(manager, slot)).map((row) => ({ ...row, takenAt: row.takenAt.toISOString(), expiresAt: row.expiresAt.toISOString() })),
        parked: (await readParked(manager, ref)).map((row) => ({ ...row, firstAt: row.firstAt.toISOString(), lastAt: row.lastAt.toISOString() })),
        exports: exports.map((row) => this.exportOf(row)),
        reads: reads.map(({ list, ...row }) => ({ ...row, at: row.at.toISOString(), ...(list && { list }) })),
        corrections: slot === null ? [] : (await readCorrectionsOf(manager, slot)).map(({ recipient, channel, fields, noticedAt, acknowledgedAt }) => ({
          recipient: this.recipientOf(recipient), channel, fields, noticedAt: noticedAt.toISOString(), acknowledgedAt: acknowledgedAt?.toISOString() ?? null,
        })),
        pastRecipients: slot === null ? [] : (await readPastRecipientsOf(manager, slot)).map((id) => this.recipientOf(id)),
        next: exports.length === MAX_HELD || reads.length === MAX_HELD ? next : null,
      };
    });
  }

  private recipientOf(id: string): HeldExport['recipient'] {
    const { name, country } = this.config.exports.recipients.find((each) => each.id === id) ?? { name: id, country: 'ZZ' };
    return { id, name, country };
  }

  private exportOf({ recipient, noticedAt, acknowledgedAt, ...row }: ExportRow): HeldExport {
    return {
      ...row, recipient: this.recipientOf(recipient), requestedAt: row.requestedAt.toISOString(), asOf: row.asOf?.toISOString() ?? null,
      handovers: row.handovers.map(({ at, outcome }) => ({ at: new Date(at).toISOString(), outcome })),
      removal: noticedAt && { noticedAt: noticedAt.toISOString(), acknowledgedAt: acknowledgedAt?.toISOString() ?? null },
    };
  }
}

function withoutOrder({ ref: _ref, epoch: _epoch, version: _version, ...contact }: ReturnType<typeof toProjection>): PersonHeldReply['contact'] {
  return contact;
}
