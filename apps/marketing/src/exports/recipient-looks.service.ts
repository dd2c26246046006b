import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { EVERYBODY } from '../audience/condition.js';
import { AudienceIndex } from '../audience-index/audience-index.service.js';
import { inTransaction } from '../database/transaction.js';
import { readLink } from '../link/link.sql.js';
import { awaitReadings } from './erasures.sql.js';
import { peopleOf, slotsOf, without } from './members.sql.js';
import {
  endLook, exportsToLookAt, forgetCorrections, isLogWhole, lockRecipient, noteChanged, noteCorrections, noteDepartures, recipientsToLookAt,
} from './recipient-looks.sql.js';

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
    if (isKnown && since < version) await noteChanged(manager, recipient, since, version);
    await noteCorrections(manager, recipient, since ?? 0, version);
    await endLook(manager, recipient, version, exports.map(({ id }) => id));
  }
}
