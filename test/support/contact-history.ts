import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { DataSource, EntityManager } from 'typeorm';
import { type Channel, CHANNELS } from '#contracts/channel.js';
import { type Bitmap, blocksOf } from '#marketing/audience-index/bitmap.js';
import { digestsOf } from '#marketing/contacts/address-digests.js';
import type { ContactRow } from '#marketing/contacts/contact-row.js';
import { deleteContacts, eraseEverywhere, keepOnly, remember } from '#marketing/intake/intake.sql.js';
import { settle, storeContacts } from '#marketing/pulling/pulling.sql.js';
import { contactRows } from './audience-generators.js';
import type { Seeded } from './seeded.js';

/** Moments at the edges of every way to store one; beyond what a register would say, within what the table takes. */
const EDGES = [
  '-infinity', '0001-01-01T00:00:00Z', '1705-01-01T00:00:00.000001Z', '1969-12-31T23:59:59.5Z', '1970-01-01T00:00:00Z', '1989-12-31T23:59:59.999999Z',
  '1990-01-01T00:00:00Z', '1990-01-01T00:00:00.000001Z', '2058-01-19T03:14:07Z', '2058-01-20T00:00:00Z', '2300-01-01T00:00:00.999999Z', '9999-12-31T23:59:59.999999Z', 'infinity',
];

/** Whole seconds around those moments. */
export const EDGE_SECONDS = EDGES.filter((moment) => !moment.includes('inf')).flatMap((moment) => {
  const second = Math.floor(Date.parse(moment) / 1_000);
  return [second - 1, second, second + 1];
});

const DIGEST_KEY = Buffer.alloc(32, 5);

/** A random life of contacts, by the statements that the service itself changes them by. */
export class ContactHistory {
  private people: ContactRow[];
  private readonly versions = new Map<string, number>();
  private readonly erased = new Set<string>();

  constructor(private readonly random: Seeded, size: number, private readonly hasEdges = true) {
    // Everybody has several sets of data, one after the other.
    const [drawn = []] = fc.sample(contactRows({ minLength: size * 3, maxLength: size * 3 }), { numRuns: 1, seed: random.int(2 ** 31) });
    this.people = drawn.map((row, at) => ({ ...row, ref: drawn[at % size]!.ref }));
  }

  /** No step changes those people from now on. */
  leaveAlone(refs: ReadonlySet<string>): void {
    this.people = this.people.filter(({ ref }) => !refs.has(ref));
  }

  /** One to three changes, together or one after the other. */
  async step(database: DataSource): Promise<void> {
    const changes = Array.from({ length: 1 + this.random.int(3) }, () => this.change());
    if (this.random.chance(0.5)) await database.transaction(async (manager) => { for (const change of changes) await change(manager); });
    else for (const change of changes) await database.transaction(change);
  }

  /** Stores everybody who was not erased, with one of her sets of data. */
  async storeAll(database: DataSource): Promise<void> {
    await database.transaction((manager) => this.store(manager, this.random.shuffled(this.people)));
  }

  private change(): (manager: EntityManager) => Promise<void> {
    const { random } = this;
    const some = this.random.shuffled(this.people).slice(0, 1 + this.random.int(6));
    const refs = [...new Set(some.map(({ ref }) => ref))].sort();
    const dice = random.next();
    if (dice < 0.55) return (manager) => this.store(manager, some);
    if (dice < 0.7) return (manager) => deleteContacts(manager, refs);
    if (dice < 0.9) return (manager) => keepOnly(manager, refs.map((ref) => ({ ref, keep: random.shuffled(CHANNELS).slice(random.int(4)) })));
    if (dice < 0.95) return async (manager) => { await manager.query('UPDATE contact SET occupation = $2 WHERE ref = ANY ($1::uuid[])', [refs, `by hand ${random.int(3)}`]); };
    return (manager) => this.erase(manager, refs.slice(0, 1));
  }

  private async store(manager: EntityManager, drawn: readonly ContactRow[]): Promise<void> {
    const rows = [...new Map(drawn.filter(({ ref }) => !this.erased.has(ref)).map((row) => [row.ref, this.atAnEdge(row)])).values()];
    if (rows.length === 0) return;
    await remember(manager, rows.map(({ ref }) => ({ ref, epoch: 1, version: this.next(ref), awaitingData: true, erased: false })));
    await settle(manager, rows.map(({ ref }) => ({ ref, epoch: 1, version: this.versions.get(ref)!, held: true })));
    await storeContacts(manager, rows.map((row) => ({ ...row, ...digestsOf(DIGEST_KEY, row) })));
  }

  private async erase(manager: EntityManager, refs: readonly string[]): Promise<void> {
    await remember(manager, refs.map((ref) => ({ ref, epoch: 1, version: this.next(ref), awaitingData: false, erased: true })));
    await eraseEverywhere(manager, refs);
    for (const ref of refs) this.erased.add(ref);
  }

  private next(ref: string): number {
    const version = (this.versions.get(ref) ?? 0) + 1;
    this.versions.set(ref, version);
    return version;
  }

  private atAnEdge(row: ContactRow): ContactRow {
    if (!this.hasEdges || !this.random.chance(0.3)) return row;
    const changed: ContactRow = { ...row };
    for (const channel of CHANNELS) if (changed[`${channel}_since`] !== null) changed[`${channel}_since`] = this.random.pick(EDGES);
    return changed;
  }
}

/** Keeps a set of people as a snapshot; its id. @param takenAt seconds since 1970 */
export async function storeSnapshot(database: DataSource, channel: Channel, takenAt: number, members: Bitmap): Promise<string> {
  const id = randomUUID();
  await database.query(
    `INSERT INTO snapshot (id, name, owner, channel, filter, taken_at, as_of, version, size_at, expires_at)
     VALUES ($1, 'of a test', 'test', $2, '{}', to_timestamp($3), now(), 0, 0, now() + interval '1 day')`, [id, channel, takenAt],
  );
  for (const { block, members: bytes } of blocksOf(members)) {
    await database.query('INSERT INTO snapshot_members (snapshot_id, block, members) VALUES ($1, $2, $3)', [id, block, bytes]);
  }
  return id;
}
