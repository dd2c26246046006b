import { z } from 'zod';

/** Why (GDPR Art. 17(1)): the person's demand, the end of the relationship, or abuse that a person has decided on. */
export const ERASURE_GROUNDS = ['request', 'relationship-ended', 'abuse'] as const;
export type ErasureGround = (typeof ERASURE_GROUNDS)[number];

/** What counts as abuse of the shop: a closed list, because free text about a person would outlive her. */
export const ABUSE_REASONS = ['payment-fraud', 'false-identity', 'return-abuse', 'voucher-abuse', 'threats', 'harassment', 'attack-on-service'] as const;
export type AbuseReason = (typeof ABUSE_REASONS)[number];

export const RequestErasureSchema = z
  .discriminatedUnion('ground', [
    z.strictObject({ customerId: z.uuid(), ground: z.literal('request') }),
    z.strictObject({ customerId: z.uuid(), ground: z.literal('relationship-ended') }),
    /** From staff only: a named person decides, and somebody else when it is contested. */
    z.strictObject({ customerId: z.uuid(), ground: z.literal('abuse'), reasonCode: z.enum(ABUSE_REASONS) }),
  ])
  .meta({ examples: [{ customerId: '01940000-0000-7000-8000-000000000001', ground: 'request' }, { customerId: '01940000-0000-7000-8000-000000000001', ground: 'abuse', reasonCode: 'payment-fraud' }] });
export type RequestErasure = z.output<typeof RequestErasureSchema>;

export const ErasureReceiptSchema = z
  .object({ caseId: z.uuid(), state: z.literal('waiting-for-marketing') })
  .meta({ examples: [{ caseId: 'b7f5a9ce-52c5-4ad5-8d43-0f2a43bb8c11', state: 'waiting-for-marketing' }] });
