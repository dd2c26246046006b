import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Channel } from '#contracts/channel.js';
import { lockCustomer } from '../customers/customer.lock.js';
import type { CustomerRow, LockedToErase } from '../customers/customer.row.js';
import { READ_TO_ERASE } from '../customers/customers.sql.js';
import { runInTransaction, runStatement, type Statement } from '#database/statement.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { markChanged } from '../sync/pending.js';
import { addressOf, type Closure, type Closures } from './closure.js';
import { type Closing, closingsOf } from './closing.js';
import { addressesOf, type Addresses, type FormerValue } from './former-value.js';
import { FormerValues } from './former-values.service.js';
import { TOUCH_FOLLOWERS } from './former-values.sql.js';
import { type AddressKind, suppressionDigest, suppressionKey } from './suppression-digest.js';
import type { SuppressionLine } from './suppression.schemas.js';
import { CONSENTS_AHEAD, FIND_CLOSURES, FORGIVE, IMPORT_SUPPRESSIONS, LOCK_HOUSEHOLD, LOCK_HOUSEHOLDS, LOOK_AT_HOUSEHOLD, REOPEN, SUPPRESS, TOUCH_HOUSEHOLD } from './suppression.sql.js';

export type SuppressionReason = 'erased' | 'objected' | 'abuse';
/** What of a row tells what is closed of it. */
export type Closable = Addresses & Pick<CustomerRow, 'created_at' | 'consents'>;
type Digests = Readonly<Record<AddressKind, Buffer | null>>;
/** A row together with what is closed of its addresses: nothing else decides what marketing may hold. */
export type Guarded<Row> = Row & { readonly closures: Closures };

/** Somebody who is locked, and what is to be closed of her. */
export interface ClosingPerson {
  readonly id: string;
  readonly closings: readonly Closing[];
}

/** Whatever a consent that is judged by the address may be for. */
const CHANNELS_OF: Readonly<Record<AddressKind, SuppressionLine['reopened']>> = { email: ['email', 'post'], phone: ['phone', 'post', 'sms'], post: ['post'] };

/** Keyed hashes of the addresses of those who were erased, objected or abused the shop (R24): they outlive the person's rows. */
@Injectable()
export class Suppressions {
  private readonly key: Buffer;
  private readonly formers: FormerValues;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(REGISTER_CONFIG) config: Pick<RegisterConfig, 'indexKey' | 'keyEncryptionKey'>,
  ) {
    this.key = suppressionKey(config.indexKey);
    this.formers = new FormerValues(config);
  }

  /** The digest that a grant of the channel is judged by; null when the record has no such address. */
  private digestFor(channel: Channel, addresses: Addresses): Buffer | null {
    return this.digestsOf(addresses)[addressOf(channel, addresses)];
  }

  /** Rows with what is closed of them, as committed now. */
  async guard<Row extends Closable>(rows: readonly Row[]): Promise<Guarded<Row>[]> {
    return this.attach(rows, (statement, values) => runStatement(this.dataSource, statement, values));
  }

  /** A row with what is closed of it, as the transaction sees it. */
  async guardIn<Row extends Closable>(manager: EntityManager, row: Row): Promise<Guarded<Row>> {
    const [guarded] = await this.attach([row], (statement, values) => runInTransaction(manager, statement, values));
    return guarded as Guarded<Row>;
  }

  /** As lockCustomer, with what is closed of her. @throws Failure `customer-not-found` */
  async lock(manager: EntityManager, id: string): Promise<Guarded<CustomerRow>> {
    return this.guardIn(manager, await lockCustomer(manager, id));
  }

  /**
   * As `lock`, for a transaction that is going to suppress: others with the same phone change along with her, and are locked
   * together with her, so that two members of a household never wait for each other.
   */
  async lockToSuppress(manager: EntityManager, id: string): Promise<Guarded<CustomerRow>> {
    const [look] = await runInTransaction<{ phone: string | null; is_shared: boolean; has_followers: boolean }>(manager, LOOK_AT_HOUSEHOLD, [id]);
    if (look && (look.has_followers || (look.is_shared && !await this.isShut(manager, look.phone)))) await runInTransaction(manager, LOCK_HOUSEHOLD, [id]);
    return this.lock(manager, id);
  }

  /** Locks many, everybody with a phone of theirs, and everybody with what was theirs before, in the order of ids. Who is gone is left out. */
  async lockManyToSuppress(manager: EntityManager, ids: readonly string[]): Promise<LockedToErase[]> {
    await runInTransaction(manager, LOCK_HOUSEHOLDS, [ids]);
    return runInTransaction<LockedToErase>(manager, READ_TO_ERASE, [ids]);
  }

  /** The digests under which the addresses of a record are suppressed. */
  digestsOf(addresses: Addresses): Digests {
    const digests: Record<AddressKind, Buffer | null> = { email: null, phone: null, post: null };
    for (const { kind, normalised } of addressesOf(addresses)) digests[kind] = suppressionDigest(this.key, kind, normalised);
    return digests;
  }

  /** What each of them had before. */
  former(manager: EntityManager, people: readonly { readonly id: string }[]): Promise<ReadonlyMap<string, readonly FormerValue[]>> {
    return this.formers.of(manager, people.map(({ id }) => id));
  }

  /** What is to be closed of somebody: everything that she has, and everything that she had. */
  closingsOf(person: Addresses, former: readonly FormerValue[] = [], since = new Date()): Closing[] {
    return closingsOf(this.key, person, former, since);
  }

  /** As `suppress`, of one. @param since what was decided until then never counts again */
  async suppressOne(manager: EntityManager, customer: CustomerRow, since: Date, reason: SuppressionReason): Promise<void> {
    const former = (await this.former(manager, [customer])).get(customer.id);
    await this.suppress(manager, [{ id: customer.id, closings: this.closingsOf(customer, former, since) }], reason);
  }

  /** Closes marketing to the addresses of customers that `lockToSuppress` or `lockManyToSuppress` has locked. Before their rows are deleted. */
  async suppress(manager: EntityManager, people: readonly ClosingPerson[], reason: SuppressionReason): Promise<void> {
    const all = await this.closedWithAllTold(manager, people);
    const opened = await this.close(manager, all.flatMap(({ closings }) => closings), reason);
    // An email is nobody else's. Where the phone was shut already, it was shut for the whole household.
    const isOpened = ({ kind, digest, isHandedOn }: Closing): boolean => kind === 'phone' && !isHandedOn && opened.has(digest.toString('hex'));
    await this.touch(manager, TOUCH_HOUSEHOLD, all.filter(({ closings }) => closings.some(isOpened)), ['phone', 'sms']);
    await this.touch(manager, TOUCH_FOLLOWERS, all.filter(({ closings }) => closings.some(({ isHandedOn }) => isHandedOn)), ['email', 'phone', 'post', 'sms']);
  }

  private async touch(manager: EntityManager, statement: Statement, people: readonly ClosingPerson[], before: readonly Channel[]): Promise<void> {
    if (people.length === 0) return;
    const others = await runInTransaction<{ ref: string; version: number }>(manager, statement, [people.map(({ id }) => id)]);
    for (const { ref, version } of others) await markChanged(manager, { ref, version, before, after: [], knownToMarketing: true, reason: 'data' });
  }

  /** What was told by a clock that runs ahead is closed as well: else the same consent, sent again, would be newer than the closing. */
  private async closedWithAllTold(manager: EntityManager, people: readonly ClosingPerson[]): Promise<ClosingPerson[]> {
    const rows = await runInTransaction<{ id: string; until: Date }>(manager, CONSENTS_AHEAD, [people.map(({ id }) => id)]);
    const ahead = new Map(rows.map(({ id, until }) => [id, until]));
    return people.map(({ id, closings }) => ({
      id, closings: closings.map((each) => (each.isHandedOn ? each : { ...each, since: latestOf(each.since, ahead.get(id)) })),
    }));
  }

  /** Closes addresses whose persons may be gone already. Resolves to the digests, in hexadecimal, of those that were open until now. */
  async close(manager: EntityManager, closings: readonly Closing[], reason: SuppressionReason): Promise<ReadonlySet<string>> {
    await this.closeUpTo(manager, closings.filter(({ isHandedOn }) => isHandedOn), reason);
    const asked = new Map<string, Closing>();
    for (const closing of closings.filter(({ isHandedOn }) => !isHandedOn)) {
      const key = closing.digest.toString('hex');
      // Of a household the last who went.
      if (closing.since >= (asked.get(key)?.since ?? closing.since)) asked.set(key, closing);
    }
    if (asked.size === 0) return new Set();
    const all = [...asked.values()];
    const values = [all.map(({ kind }) => kind), all.map(({ digest }) => digest), all.map(({ since }) => since), reason];
    const rows = await runInTransaction<{ digest: Buffer; was_open: boolean }>(manager, SUPPRESS, values);
    return new Set(rows.filter(({ was_open }) => was_open).map(({ digest }) => digest.toString('hex')));
  }

  /** What is another's own by now stays open for what she decides; an entry that is later than this one, such as of her own objection, stands. */
  private async closeUpTo(manager: EntityManager, closings: readonly Closing[], reason: SuppressionReason): Promise<void> {
    if (closings.length === 0) return;
    const lines = closings.map(({ kind, digest, since }): SuppressionLine => ({
      kind, digest: digest.toString('hex'), reason, since: since.toISOString(), reopened: CHANNELS_OF[kind], liftedAt: new Date().toISOString(), liftedBy: 'register',
    }));
    await runInTransaction(manager, IMPORT_SUPPRESSIONS, [JSON.stringify(lines)]);
  }

  /** No decision on abuse stands against these addresses any more; they stay closed like those of anybody who was erased. */
  async forgive(manager: EntityManager, digests: readonly Buffer[]): Promise<void> {
    await runInTransaction(manager, FORGIVE, [digests]);
  }

  /** The person has consented anew to these channels of her record. @param by who took it, never her own id */
  async reopen(manager: EntityManager, addresses: Addresses, channels: readonly Channel[], by: string): Promise<void> {
    for (const channel of channels) {
      const digest = this.digestFor(channel, addresses);
      if (digest) await runInTransaction(manager, REOPEN, [digest, [channel], by]);
    }
  }

  private async isShut(manager: EntityManager, phone: string | null): Promise<boolean> {
    if (phone === null) return false;
    const [closure] = await runInTransaction<ClosureRow>(manager, FIND_CLOSURES, [[suppressionDigest(this.key, 'phone', phone)]]);
    return closure?.reopened.length === 0;
  }

  private async attach<Row extends Closable>(rows: readonly Row[], find: (statement: Statement, values: readonly unknown[]) => Promise<ClosureRow[]>): Promise<Guarded<Row>[]> {
    const digests = rows.map((row) => this.digestsOf(row));
    const asked = digests.flatMap(({ email, phone, post }) => [email, phone, post].filter((digest) => digest !== null));
    const found = asked.length === 0 ? [] : await find(FIND_CLOSURES, [asked]);
    const byDigest = new Map(found.map(({ digest, since, reopened }) => [digest.toString('hex'), { since, reopened }]));
    const closureOf = (digest: Buffer | null | undefined): Closure | null => (digest && byDigest.get(digest.toString('hex'))) ?? null;
    return rows.map((row, i) => {
      const post = closureOf(digests[i]?.post);
      const closures = { email: closureOf(digests[i]?.email), phone: closureOf(digests[i]?.phone), post: post && row.created_at > post.since ? post : null };
      return { ...row, closures };
    });
  }
}

interface ClosureRow extends Closure {
  readonly digest: Buffer;
}

const latestOf = (one: Date, other = one): Date => (other > one ? other : one);
