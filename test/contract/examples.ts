import type { Applied } from '#contracts/applied.v1.js';
import type { ConsentChanged } from '#contracts/consent-changed.v1.js';
import type { PersonHeldReply, PersonHeldRequest } from '#contracts/person-held.v1.js';
import type { ProjectionReply, ProjectionRequest } from '#contracts/projection.v1.js';
import type { BucketReply, DigestReply } from '#contracts/reconcile.v1.js';
import type { NeedlesReply, NeedlesRequest, SearchAnswered, SearchRequested } from '#contracts/search.v1.js';
import type { Watermark } from '#contracts/watermark.v1.js';

const ref = '6f1c1de4-58f3-4b0e-9a3e-0b7d5a4c2e11';
const erased = 'b4e8a7c2-09d1-4c57-8f3a-2d6e1f0b9c44';
const order = { epoch: 1_763_856_000, version: 7 };
const roundId = '3f0e8a52-9c1d-4b7e-8a64-51d2c7b90e3f';
const marketingEpoch = '0d9f6b1e-7c1a-4f6e-8f55-3f0a8f7f5b21';
const pulse = { instance: '91c2d7f4-5a3e-4b08-9d16-7e0f4c2a8b35', count: 4_711 };

/** One message of each kind, as the AsyncAPI document shows them. */
export const EXAMPLES = {
  consentChanged: { schema: 'consent.changed.v1', ref, ...order, channels: ['email'], erased: false, reason: 'consent' } satisfies ConsentChanged,
  watermark: {
    schema: 'watermark.v1', epoch: order.epoch, marketingEpoch, watermark: '2026-11-23T08:59:59.120Z', issuedAt: '2026-11-23T09:00:00.000Z', pending: 1, pulses: [pulse],
  } satisfies Watermark,
  applied: {
    schema: 'applied.v1', marketingEpoch, appliedAt: '2026-11-23T09:00:00.040Z',
    answers: [{ ref, ...order }], erasures: [{ ref: erased, epoch: order.epoch, version: 3, statement: 'eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl' }], pulse,
  } satisfies Applied,
  projectionRequest: { schema: 'projection.get.v1', refs: [ref] } satisfies ProjectionRequest,
  projectionReply: {
    schema: 'projection.v1',
    projections: [{
      ref, ...order,
      grants: [{ channel: 'email', grantedAt: '2026-11-23T08:59:59.000Z', wordingId: 'newsletter', wordingVersion: 2, sourceSystem: 'web-shop' }],
      firstName: 'Aino', lastName: 'Virtanen', language: 'fi', birthYear: null, occupation: null, interests: ['balloons'],
      email: 'aino.virtanen@example.fi', phone: null, streetAddress: null, postalCode: null, city: null, country: null,
    }],
    unknown: [],
  } satisfies ProjectionReply,
  digestRequest: { schema: 'digest.get.v1', buckets: [111] },
  digestReply: { schema: 'digest.v1', epoch: order.epoch, digests: [{ bucket: 111, digest: '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU' }], keyCheck: 'Zt0w2Yk7m1v9xQqR3sT5uV' } satisfies DigestReply,
  bucketRequest: { schema: 'bucket.get.v1', bucket: 111 },
  bucketReply: { schema: 'bucket.v1', entries: [{ ref, ...order, digest: 'n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg' }] } satisfies BucketReply,
  searchRequested: { schema: 'search.requested.v1', roundId } satisfies SearchRequested,
  searchAnswered: { schema: 'search.answered.v1', roundId, statement: 'eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl' } satisfies SearchAnswered,
  needlesRequest: { schema: 'search.needles.get.v1', roundId, after: null } satisfies NeedlesRequest,
  needlesReply: {
    schema: 'search.needles.v1',
    cases: [{
      caseId: 'c2a1f7d0-6b3e-4d59-9e0c-7f8b1a2d3c44',
      values: [{ kind: 'email', text: 'aino.virtanen@example.fi' }, { kind: 'ref', text: erased }], together: [['Aino', 'Virtanen', 'Mäkitie 5']],
    }],
    next: null,
  } satisfies NeedlesReply,
  personHeldRequest: { schema: 'person.held.get.v1', ref, after: { export: 0, read: 0 } } satisfies PersonHeldRequest,
  personHeldReply: {
    schema: 'person.held.v1',
    state: { ...order, awaitingData: false, slot: 4_711, answersUnderWay: 0 },
    contact: {
      grants: [{ channel: 'email', grantedAt: '2026-11-23T08:59:59.000Z', wordingId: 'newsletter', wordingVersion: 2, sourceSystem: 'web-shop' }],
      firstName: 'Aino', lastName: 'Virtanen', language: 'fi', birthYear: null, occupation: null, interests: ['balloons'],
      email: 'aino.virtanen@example.fi', phone: null, streetAddress: null, postalCode: null, city: null, country: null,
    },
    snapshots: [], parked: [],
    exports: [{
      exportId: '3f0b4d0e-8a55-4f57-9b1e-6d0c2f1a7e90', number: 12, recipient: { id: 'listmonk', name: 'listmonk, run by ourselves', country: 'FI' },
      channel: 'email', purpose: 'marketing', requestedAt: '2026-11-23T09:00:00.000Z', asOf: '2026-11-23T08:59:59.500Z',
      handovers: [{ at: '2026-11-23T09:00:02.000Z', outcome: 'complete' }], handedOut: true, waiting: false, removal: null,
    }],
    reads: [
      { number: 3, at: '2026-11-23T09:05:00.000Z', purpose: 'rights-and-obligations', route: 'POST /v1/audience/explain', actor: 'dpo' },
      {
        number: 5, at: '2026-11-23T09:06:00.000Z', purpose: 'marketing', route: 'POST /v1/audience/query', actor: 'mailing-tool',
        list: { channel: 'email', fields: ['name', 'language', 'birthYear', 'occupation', 'interests', 'consents', 'email'] },
      },
    ],
    corrections: [{
      recipient: { id: 'mailchimp', name: 'Mailchimp', country: 'US' }, channel: 'email', fields: ['email'], noticedAt: '2026-11-23T10:00:00.000Z', acknowledgedAt: null,
    }],
    pastRecipients: [{ id: 'print-house', name: 'A print house', country: 'FI' }],
    next: null,
  } satisfies PersonHeldReply,
} as const;
