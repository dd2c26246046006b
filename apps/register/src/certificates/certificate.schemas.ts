import { z } from 'zod';

const Moment = z.iso.datetime();
const Count = z.int().nonnegative();
const Code = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/);
const Line = z.string().min(1).max(300);
const Jws = z.string().regex(/^[\w-]+\.[\w-]+\.[\w-]+$/);

/** What a person can be found by. Name and street count only together. */
export const SOUGHT_KINDS = ['email', 'phone', 'name-and-street', 'customer-id', 'ref'] as const;
export type SoughtKind = (typeof SOUGHT_KINDS)[number];

/** What a store was, what went, and what a search for every value of the person found afterwards: a certificate is for nothing found. */
const StoreSchema = z.strictObject({
  /** As the controller names it: `register`, `marketing`, `logs`, `broker`. */
  store: Code,
  rowsDeleted: Count,
  searched: z.strictObject({ at: Moment, what: z.enum(['tables', 'files']), number: Count, bytes: Count, found: z.literal(0) }),
});

/** What stays although the person is erased: nothing of it says who she was. */
const RetainedSchema = z.strictObject({
  what: z.enum(['erasure-log', 'tombstone', 'suppression', 'request-record', 'recipient-notice', 'erasure-case', 'repeat-guard']),
  /** Article or act that asks for it or allows it. */
  legalBasis: Line,
  /** Null: for as long as the register exists. */
  until: z.iso.date().nullable(),
});

/**
 * That an erasure (GDPR Art. 17) is done, in every store. It holds no personal data: the case id was given to the person, and leads to nobody else.
 */
export const CertificateSchema = z.strictObject({
  format: z.literal('lupa-erasure-certificate-1'),
  controller: z.strictObject({ name: Line, businessId: Line, postalAddress: Line, email: z.email() }),
  register: z.strictObject({ fi: Line, sv: Line, en: Line }),
  caseId: z.uuid(),
  ground: z.enum(['request', 'relationship-ended', 'abuse']),
  requestedAt: Moment,
  deletedAt: Moment,
  answeredAt: Moment,
  searchedAt: Moment,
  issuedAt: Moment,
  stores: z.array(StoreSchema).min(1),
  /** What was looked for in each store; in those that references pass through by design, all but the reference. */
  sought: z.array(z.enum(SOUGHT_KINDS)).min(1),
  /** What was not: another customer of today has the same, such as the phone of a household. */
  notSoughtAsShared: z.array(z.enum(SOUGHT_KINDS)),
  retained: z.array(RetainedSchema),
  /** When this day ends, no backup exists that was made before the search had found nothing. */
  backupsGoneOn: z.iso.date(),
  /** Who had received the person, and for whom a notice was issued (Art. 19). The country is null where only the name is known. */
  recipients: z.array(z.strictObject({ name: Line, country: z.string().regex(/^[A-Z]{2}$/).nullable(), noticeIssuedAt: Moment })),
  /** What marketing stated of the deletion, as it signed it (compact JWS, RFC 7515). */
  marketingStatement: Jws,
  /** What marketing stated of its search, of this and other cases; it names them by SHA-256 of their ids. */
  searchStatement: Jws,
});
export type Certificate = z.output<typeof CertificateSchema>;

/** The file that a person gets: readable, with a signature over all of it. */
export const SignedCertificateSchema = z.strictObject({ certificate: CertificateSchema, jws: z.string() });

/** Public keys that sign certificates (RFC 7517), as /.well-known/lupa-certificate-keys.json has them. */
export const CertificateKeysSchema = z.object({
  keys: z.array(z.object({ kid: z.string(), kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() })).min(1),
});
export type CertificateKeys = z.output<typeof CertificateKeysSchema>;

/** The published JSON Schema of a certificate's file (draft 2020-12). */
export const certificateJsonSchema = (): object => ({ title: 'Certificate of erasure', ...z.toJSONSchema(SignedCertificateSchema) });
