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
import { suppressionDigest, suppressionKey } from './suppression-digest.js';
import { CONSENTS_AHEAD, FIND_CLOSURES, FORGIVE, LOCK_HOUSEHOLD, LOCK_HOUSEHOLDS, LOOK_AT_HOUSEHOLD, REOPEN, SUPPRESS, TOUCH_HOUSEHOLD } from './suppression.sql.js';

export type SuppressionReason = 'erased' | 'objected' | 'abuse';
type Addresses = Pick<CustomerRow, 'email' | 'phone'>;
/** A row together with what is closed of its addresses: nothing else decides what marketing may hold. */
export type Guarded<Row> = Row & { readonly closures: Closures };

/** Digests of the addresses of one person, and since when they are closed. */
export interface ClosedAddresses {
  readonly email: Buffer | null;
  readonly phone: Buffer | null;
  readonly since: Date;
}

/** Keyed hashes of the addresses of those who were erased, objected or abused the shop (R24): they outlive the person's rows. */
@Injectable()
export class Suppressions {
  private readonly key: Buffer;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(REGISTER_CONFIG) config: Pick<RegisterConfig, 'indexKey'>,
  ) {
    this.key = suppressionKey(config.indexKey);
  }

  /** The digest that a grant of the channel is judged by; null when the record has no such address. */
  digestFor(channel: Channel, addresses: Addresses): Buffer | null {
    const kind = addressOf(channel, addresses);
    const address = kind && addresses[kind];
    return kind && address !== null ? suppressionDigest(this.key, kind, address) : null;
  }

  /** Rows with what is closed of them, as committed now. */
  async guard<Row extends Addresses>(rows: readonly Row[]): Promise<Guarded<Row>[]> {
    return this.attach(rows, (statement, values) => runStatement(this.dataSource, statement, values));
  }

  /** A row with what is closed of it, as the transaction sees it. */
  async guardIn<Row extends Addresses>(manager: EntityManager, row: Row): Promise<Guarded<Row>> {
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
    const [look] = await runInTransaction<{ phone: string | null; is_shared: boolean }>(manager, LOOK_AT_HOUSEHOLD, [id]);
    if (look?.is_shared) {
      const { closures } = await this.guardIn(manager, { email: null, phone: look.phone });
      if (!isShut(closures.phone)) await runInTransaction(manager, LOCK_HOUSEHOLD, [id]);
    }
    return this.lock(manager, id);
  }

  /** Locks many, and everybody with a phone of theirs, in the order of ids. Who is gone is left out. */
  async lockManyToSuppress(manager: EntityManager, ids: readonly string[]): Promise<LockedToErase[]> {
    await runInTransaction(manager, LOCK_HOUSEHOLDS, [ids]);
    return runInTransaction<LockedToErase>(manager, READ_TO_ERASE, [ids]);
  }

  /** The digests under which the addresses of a customer are suppressed. */
  digestsOf({ email, phone }: Addresses): { readonly email: Buffer | null; readonly phone: Buffer | null } {
    return { email: email === null ? null : suppressionDigest(this.key, 'email', email), phone: phone === null ? null : suppressionDigest(this.key, 'phone', phone) };
  }

  /** Closes marketing to the addresses of customers that `lockToSuppress` or `lockManyToSuppress` has locked. Before their rows are deleted. */
  async suppress(manager: EntityManager, people: readonly (ClosedAddresses & { readonly id: string })[], reason: SuppressionReason): Promise<void> {
    const opened = await this.close(manager, await this.closedWithAllTold(manager, people), reason);
    // An email is nobody else's. Where the phone was shut already, it was shut for the whole household.
    const ids = people.filter(({ phone }) => phone && opened.has(phone.toString('hex'))).map(({ id }) => id);
    if (ids.length === 0) return;
    const others = await runInTransaction<{ ref: string; version: number }>(manager, TOUCH_HOUSEHOLD, [ids]);
    for (const { ref, version } of others) await markChanged(manager, { ref, version, before: ['phone', 'sms'], after: [], knownToMarketing: true, reason: 'data' });
  }

  /** What was told by a clock that runs ahead is closed as well: else the same consent, sent again, would be newer than the closing. */
  private async closedWithAllTold<P extends ClosedAddresses & { readonly id: string }>(manager: EntityManager, people: readonly P[]): Promise<P[]> {
    const rows = await runInTransaction<{ id: string; until: Date }>(manager, CONSENTS_AHEAD, [people.map(({ id }) => id)]);
    const ahead = new Map(rows.map(({ id, until }) => [id, until]));
    return people.map((person) => ({ ...person, since: latestOf(person.since, ahead.get(person.id)) }));
  }

  /** Closes addresses whose persons are gone already. Resolves to the digests, in hexadecimal, of those that were open until now. */
  async close(manager: EntityManager, people: readonly ClosedAddresses[], reason: SuppressionReason): Promise<ReadonlySet<string>> {
    const asked = new Map<string, { readonly kind: 'email' | 'phone'; readonly digest: Buffer; readonly since: Date }>();
    for (const { since, ...digests } of people) {
      for (const kind of ['email', 'phone'] as const) {
        const digest = digests[kind];
        const key = digest?.toString('hex') ?? '';
        // Of a household the last who went.
        if (digest && since >= (asked.get(key)?.since ?? since)) asked.set(key, { kind, digest, since });
      }
    }
    if (asked.size === 0) return new Set();
    const all = [...asked.values()];
    const values = [all.map(({ kind }) => kind), all.map(({ digest }) => digest), all.map(({ since }) => since), reason];
    const rows = await runInTransaction<{ digest: Buffer; was_open: boolean }>(manager, SUPPRESS, values);
    return new Set(rows.filter(({ was_open }) => was_open).map(({ digest }) => digest.toString('hex')));
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

  private async attach<Row extends Addresses>(rows: readonly Row[], find: (statement: Statement, values: readonly unknown[]) => Promise<ClosureRow[]>): Promise<Guarded<Row>[]> {
    const digests = rows.map((row) => this.digestsOf(row));
    const asked = digests.flatMap(({ email, phone }) => [email, phone].filter((digest) => digest !== null));
    const found = asked.length === 0 ? [] : await find(FIND_CLOSURES, [asked]);
    const byDigest = new Map(found.map(({ digest, since, reopened }) => [digest.toString('hex'), { since, reopened }]));
    const closureOf = (digest: Buffer | null): Closure | null => (digest && byDigest.get(digest.toString('hex'))) ?? null;
    return rows.map((row, i) => ({ ...row, closures: { email: closureOf(digests[i]?.email ?? null), phone: closureOf(digests[i]?.phone ?? null) } }));
  }
}

interface ClosureRow extends Closure {
  readonly digest: Buffer;
}

const latestOf = (one: Date, other = one): Date => (other > one ? other : one);
const isShut = (closure: Closure | null): boolean => closure?.reopened.length === 0;
