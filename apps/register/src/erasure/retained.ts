import type { Certificate } from '../certificates/certificate.schemas.js';

export type Retained = Certificate['retained'][number];

const DAY_MS = 86_400_000;

/** The article that asks for each, or allows it. */
const LEGAL_BASES: Readonly<Record<Retained['what'], string>> = {
  'erasure-log': 'GDPR Art. 5(2), 17(1), 32(1)(c)',
  'tombstone': 'GDPR Art. 5(2), 17(1)',
  'suppression': 'GDPR Art. 21(3), 6(1)(f)',
  'request-record': 'GDPR Art. 5(2), 12(3)',
  'recipient-notice': 'GDPR Art. 5(2), 19',
  'erasure-case': 'GDPR Art. 5(2), 19',
  'repeat-guard': 'GDPR Art. 17(1), 32(1)(b)',
};

/** What of an erasure depends on the person: whether she had an address to close, a request of hers is on record, somebody had received her. */
export interface Left {
  readonly hasAddress: boolean;
  readonly hasRequest: boolean;
  readonly hasRecipient?: boolean;
}

/**
 * What stays of a person who is erased at that moment, and what for: the preview and the certificate say the same. Nothing of it says
 * who she was. What has no date stays for as long as the register exists: without it a restored backup or a late message brings her back.
 */
export function retainedOf(erasedAt: Date, { hasAddress, hasRequest, hasRecipient = false }: Left): Retained[] {
  const kinds: readonly Retained['what'][] = [
    'erasure-log', 'tombstone', ...(hasAddress ? ['suppression' as const] : []), ...(hasRequest ? ['request-record' as const] : []),
    ...(hasRecipient ? ['recipient-notice' as const] : []), 'erasure-case', 'repeat-guard',
  ];
  return kinds.map((what) => ({ what, legalBasis: LEGAL_BASES[what], until: what === 'repeat-guard' ? dayAfterKeys(erasedAt) : null }));
}

/** Idempotency keys are forgotten after a day, by a sweep that runs every ten minutes. */
function dayAfterKeys(erasedAt: Date): string {
  return new Date(erasedAt.getTime() + 2 * DAY_MS).toISOString().slice(0, 10);
}
