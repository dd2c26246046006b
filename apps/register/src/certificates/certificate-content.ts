import type { ErasureStatement } from '#contracts/applied.v1.js';
import type { SearchStatement } from '#contracts/search.v1.js';
import { retainedOf } from '../erasure/retained.js';
import type { Profile } from '../profile/profile.schemas.js';
import { type Certificate, SOUGHT_KINDS, type SoughtKind } from './certificate.schemas.js';

/** A store that was searched whole. */
export interface StoreSearched {
  readonly store: string;
  readonly what: 'tables' | 'files';
  readonly number: number;
  readonly bytes: number;
  readonly at: Date;
}

/** What is known of one case when nothing was found. */
export interface CaseFacts {
  readonly caseId: string;
  readonly ground: Certificate['ground'];
  readonly requestedAt: Date;
  /** With the demand, as a rule; after a restore once more. */
  readonly deletedAt: Date;
  readonly rowsDeleted: number;
  readonly answeredAt: Date;
  /** Marketing's word on the deletion, as signed and as read. */
  readonly statement: { readonly jws: string; readonly content: ErasureStatement };
  /** Of disclosures: id of the recipient, and when the notice to it was issued (ISO 8601). */
  readonly disclosedTo: readonly { readonly recipient: string; readonly noticeIssuedAt: string }[];
  readonly sought: readonly SoughtKind[];
  readonly notSoughtAsShared: readonly SoughtKind[];
  readonly hadAddress: boolean;
}

/** What is the same for every case of a round. */
export interface RoundFacts {
  readonly own: readonly StoreSearched[];
  readonly statement: { readonly jws: string; readonly content: SearchStatement };
  readonly issuedAt: Date;
}

/** The day by the calendar of the controller, as YYYY-MM-DD. */
const DAY = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Helsinki' });

/** When the last store was searched. */
export function searchedAtOf(own: readonly StoreSearched[], statement: SearchStatement): Date {
  return new Date(Math.max(Date.parse(statement.searchedAt), ...own.map(({ at }) => at.getTime())));
}

/**
 * The day by whose end no backup holds her. Until the search has found nothing something of her may have been in a backup of the night
 * before: the days count from there, by the calendar, whatever the clocks are put to meanwhile.
 */
function backupsGoneOn(searchedAt: Date, retentionDays: number): string {
  const day = new Date(`${DAY.format(searchedAt)}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + retentionDays);
  return day.toISOString().slice(0, 10);
}

/** What the certificate of a case says: pure facts, each with where it comes from. @param backupRetentionDays how long the operator keeps backups */
export function certificateOf(facts: CaseFacts, round: RoundFacts, { controller, register, recipients }: Profile, backupRetentionDays: number): Certificate {
  const { postalAddress: { street, postalCode, city, country } } = controller;
  const theirs = round.statement.content.stores.map((store) => ({ ...store, at: new Date(round.statement.content.searchedAt) }));
  const stores = [...round.own, ...theirs];
  const searchedAt = searchedAtOf(round.own, round.statement.content);
  const deleted: Readonly<Record<string, number>> = { register: facts.rowsDeleted, marketing: facts.statement.content.rowsDeleted };
  const received = [
    ...facts.disclosedTo.map(({ recipient, noticeIssuedAt }) => {
      const known = recipients.find(({ id }) => id === recipient);
      return { name: known?.name ?? recipient, country: known?.country ?? null, noticeIssuedAt };
    }),
    ...facts.statement.content.recipients.map(({ name, country }) => ({ name, country, noticeIssuedAt: facts.statement.content.appliedAt })),
  ];
  return {
    format: 'lupa-erasure-certificate-1',
    controller: { name: controller.name, businessId: controller.businessId, postalAddress: `${street}, ${postalCode} ${city}, ${country}`, email: controller.email },
    register: register.name,
    caseId: facts.caseId,
    ground: facts.ground,
    requestedAt: facts.requestedAt.toISOString(),
    deletedAt: facts.deletedAt.toISOString(),
    answeredAt: facts.answeredAt.toISOString(),
    searchedAt: searchedAt.toISOString(),
    issuedAt: round.issuedAt.toISOString(),
    stores: stores.map(({ store, what, number, bytes, at }) => ({ store, rowsDeleted: deleted[store] ?? 0, searched: { at: at.toISOString(), what, number, bytes, found: 0 } })),
    sought: SOUGHT_KINDS.filter((kind) => facts.sought.includes(kind)),
    notSoughtAsShared: SOUGHT_KINDS.filter((kind) => facts.notSoughtAsShared.includes(kind)),
    // What she had asked for before is on record without her: whether there was anything, nothing here can tell.
    retained: retainedOf(facts.deletedAt, { hasAddress: facts.hadAddress, hasRequest: true, hasRecipient: facts.disclosedTo.length > 0 }),
    backupsGoneOn: backupsGoneOn(searchedAt, backupRetentionDays),
    recipients: received,
    marketingStatement: facts.statement.jws,
    searchStatement: round.statement.jws,
  };
}
