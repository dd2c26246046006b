import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Scope } from '#auth/scopes.js';
import type { Channel } from '#contracts/channel.js';
import { type ContactRow, toContactRow } from '#marketing/contacts/contact-row.js';
import { SnapshotKeeper } from '#marketing/segments/snapshot-keeper.service.js';
import { insertContacts } from '#test/support/audience-generators.js';
import { person } from './fake-register.js';
import { RunningMarketing } from './running-marketing.js';

const SCOPES: readonly Scope[] = ['segments:read', 'segments:write', 'audience:query', 'audience:count'];
/** Long before any snapshot. */
const LONG_AGO = '2020-02-03T04:05:06.789Z';

type Answer = Awaited<ReturnType<RunningMarketing['request']>>;

/** A running marketing whose people come and go straight in the table, as any statement of the intake could make them. */
export class SnapshotStage {
  private constructor(readonly marketing: RunningMarketing, private readonly app: NestFastifyApplication) {}

  static async prepare(name: string): Promise<SnapshotStage> {
    const marketing = await RunningMarketing.prepare(name);
    marketing.register.come();
    const stage = new SnapshotStage(marketing, await marketing.start());
    await marketing.open();
    return stage;
  }

  send(method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object, scopes = SCOPES): Promise<Answer> {
    return this.marketing.request(method, path, payload, scopes);
  }

  /** Takes a snapshot of everybody who has granted email, unless told otherwise; its id. */
  async take(body: object = {}): Promise<string> {
    const answer = await this.send('POST', '/v1/snapshots', { name: 'Some', channel: 'email', ...body });
    if (answer.status !== 201) throw new Error(`the snapshot answered ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body['id'] as string;
  }

  /** Who is listed by a snapshot. */
  async listed(id: string): Promise<string[]> {
    return (await this.marketing.listed('email', { snapshot: { id } })).map(({ ref }) => String(ref)).sort();
  }

  /** Who is in the bitmaps of a snapshot, whether she may be written to or not. */
  async marked(id: string): Promise<string[]> {
    const rows = await this.marketing.database.query<{ ref: string }[]>(
      `SELECT s.ref FROM snapshot_members AS m JOIN ref_state AS s ON m.block = s.slot >> 16 AND get_bit(m.members, s.slot & 65535) = 1
        WHERE m.snapshot_id = $1 ORDER BY s.ref`, [id],
    );
    return rows.map(({ ref }) => ref);
  }

  /** Clears and expires, as the task does every minute. */
  keep(): Promise<unknown> {
    return this.app.get(SnapshotKeeper, { strict: false }).turn();
  }

  async add(since = LONG_AGO, channels: Channel[] = ['email']): Promise<string> {
    const row = rowOf(randomUUID(), since, channels);
    await insertContacts(this.marketing.database, [row]);
    return row.ref;
  }

  async leave(ref: string): Promise<void> {
    await this.marketing.database.query('DELETE FROM contact WHERE ref = $1', [ref]);
  }

  /** Somebody who left, with another consent, at the slot that is hers for ever. */
  async comeBack(ref: string, since = LONG_AGO): Promise<void> {
    await this.marketing.database.transaction(async (manager) => {
      await manager.query(
        `WITH was AS (DELETE FROM ref_state WHERE ref = $1 RETURNING slot) SELECT setval('contact_slot', slot, false) FROM was`, [ref],
      );
      await insertContacts(manager, [rowOf(ref, since, ['email'])]);
      await manager.query(`SELECT setval('contact_slot', max(slot)) FROM ref_state`);
    });
  }
}

function rowOf(ref: string, since: string, channels: Channel[]): ContactRow {
  const projection = person(ref, [1, 1], channels);
  return toContactRow({ ...projection, grants: projection.grants.map((grant) => ({ ...grant, grantedAt: since })) })!;
}
