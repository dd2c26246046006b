import { z } from 'zod';
import { HOLD_REASONS } from '../holds/holds.schemas.js';

const HoldSchema = z.object({
  /** Reason and owner are null without the scope holds:read, the date of review to the person herself: that it waits is hers to know, why and until when is not. */
  reason: z.enum(HOLD_REASONS).nullable(),
  owner: z.string().nullable(),
  reviewAt: z.iso.datetime().nullable(),
});

/** What an erasure would do to a person now. The ETag stands for all of it but the log of reads, to which every look adds a row. */
export const ErasurePreviewSchema = z
  .object({
    customerId: z.uuid(),
    /** Rows that are deleted, by table: read from the database’s catalog. This read is among them. */
    goes: z.array(z.object({ table: z.string(), rows: z.int().positive() })),
    /** What stays, none of which says who she was. */
    stays: z.array(z.object({
      what: z.string(),
      /** Null where it is not counted by person. */
      rows: z.int().nonnegative().nullable(),
      legalBasis: z.string(),
      /** Null: for as long as the register exists. */
      until: z.iso.date().nullable(),
    })),
    /** While a legal hold stands, an erasure waits for its end (GDPR Art. 17(3)). */
    legalHold: HoldSchema.nullable(),
    /** While she is restricted, she is erased on her own demand only (Art. 18(2)). */
    restriction: z.object({ since: z.iso.datetime(), reason: z.string() }).nullable(),
    /** Addresses at which marketing stays closed until she consents anew. */
    closes: z.array(z.enum(['email', 'phone', 'post'])),
    /** Whether marketing was ever told of her; then it deletes her too, and says so with its signature. */
    knownToMarketing: z.boolean(),
    /** Who will be told (Art. 19): one notice for each disclosure. */
    recipients: z.array(z.object({ id: z.string(), name: z.string(), country: z.string(), disclosures: z.int().positive(), fields: z.array(z.string()) })),
    /** Tools that were handed her in lists of marketing, which puts her on their lists of removals. Null unless it was asked for. */
    exports: z.array(z.object({ id: z.string(), name: z.string(), country: z.string(), exports: z.int().positive() })).nullable(),
  })
  .meta({
    examples: [{
      customerId: '01940000-0000-7000-8000-000000000001',
      goes: [{ table: 'access_log', rows: 4 }, { table: 'consent', rows: 1 }, { table: 'consent_record', rows: 2 }, { table: 'customer', rows: 1 }],
      stays: [{ what: 'erasure-log', rows: null, legalBasis: 'GDPR Art. 5(2), 17(1), 32(1)(c)', until: null }],
      legalHold: null, restriction: null, closes: ['email'], knownToMarketing: true,
      recipients: [{ id: 'party-house', name: 'Juhlatalo Oy', country: 'FI', disclosures: 1, fields: ['contact.email'] }],
      exports: [{ id: 'listmonk', name: 'Listmonk', country: 'FI', exports: 3 }],
    }],
  });
export const PreviewQuerySchema = z.strictObject({
  /** Whether marketing is to be asked which exports held her. */
  exports: z.enum(['true', 'false']).default('false').transform((text) => text === 'true'),
});
export type PreviewQuery = z.output<typeof PreviewQuerySchema>;

export type ErasurePreview = z.infer<typeof ErasurePreviewSchema>;
