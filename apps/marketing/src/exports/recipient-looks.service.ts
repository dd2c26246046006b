import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { EVERYBODY } from '../audience/condition.js';
import { AudienceIndex } from '../audience-index/audience-index.service.js';
import { inTransaction } from '../database/transaction.js';
import { readLink } from '../link/link.sql.js';
import { awaitReadings } from './erasures.sql.js';
import { peopleOf, slotsOf, without } from './members.sql.js';
import {
  changedSlots, correctedSlots, countExports, endLook, exportsToLookAt, forgetCorrections, isLogWhole, lockRecipient, noteChanged, noteCorrections, noteDepartures, recipientsToLookAt,
} from './recipient-looks.sql.js';

/** Each person is at most one row for each export: a statement writes so many, which takes some seconds at most. */
const ROWS_TOGETHER = 50_000;

function peopleTogether(exports: number): number {
  return Math.min(5_000, Math.max(10, Math.floor(ROWS_TOGETHER / Math.max(1, exports))));
}

function parts(slots: readonly number[], most: number): number[][] {
  return Array.from({ length: Math.ceil(slots.length / most) }, (_, at) => slots.slice(at * most, (at + 1) * most));
}

/** Finds out what has happened to the people a recipient was given, from where the last look ended: who has left, and whose data was corrected. */
@Injectable()
export class RecipientLooks {
  private looking: Promise<unknown> = Promise.resolve();

  constructor(private readonly database: DataSource, private readonly index: AudienceIndex) {}

  /**
   * One at a time in each process: a look holds one connection and needs another, so that as many looks as there are connections would
   * wait for each other, and every withdrawal for them.
   */
  look(recipient: string): Promise<void> {
    const look = this.looking.then(() => this.lookNow(recipient));
    this.looking = look.catch(() => undefined);
    return look;
  }

  /** Looks at every recipient, though none asks: the log of changes reaches back ten minutes, and without it everybody must be looked at. */
  async lookAtAll(): Promise<void> {
    for (const recipient of await recipientsToLookAt(this.database.manager)) await this.look(recipient);
    await forgetCorrections(this.database.manager);
  }

  /**
   * First every reading under way is waited for: its members can be seen then, and whoever is read later was granted at this version or a
   * later one. Versions are committed in their order, so nobody falls between two looks.
   */
  private async lookNow(recipient: string): Promise<void> {
    const version = await this.database.transaction('READ COMMITTED', async (manager) => {
      await awaitReadings(manager);
      return (await readLink(manager)).audienceVersion;
    });
    await inTransaction(this.database, (manager) => this.lookUpTo(manager, recipient, version));
  }

  private async lookUpTo(manager: EntityManager, recipient: string, version: number): Promise<void> {
    const since = await lockRecipient(manager, recipient);
    const isKnown = since !== null && (since >= version || await isLogWhole(manager, since, version));
    const exports = await exportsToLookAt(manager, recipient, !isKnown);
    for (const each of exports) {
      const granted = (await this.index.bitmap(each.channel, EVERYBODY)).value;
      await noteDepartures(manager, each, recipient, slotsOf(without(await peopleOf(manager, each.id, 'members'), granted)), version);
    }
    const most = peopleTogether(await countExports(manager, recipient));
    for (const slots of isKnown ? parts(await changedSlots(manager, since, version), most) : []) await noteChanged(manager, recipient, slots, version);
    for (const slots of parts(await correctedSlots(manager, recipient, since ?? 0, version), most)) await noteCorrections(manager, recipient, since ?? 0, version, slots);
    await endLook(manager, recipient, version, exports.map(({ id }) => id));
  }
}
