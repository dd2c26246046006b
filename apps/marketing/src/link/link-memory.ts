import type { Link } from '../audience/freshness.js';

/** What of the link only rises, within the life of a database. */
type Word = NonNullable<Link['heard']>;

/** A link as it was read. */
export interface Reading {
  readonly link: Pick<Link, 'heard'>;
  /** The database's clock while it was read, and when the transaction began. */
  readonly now: Date;
  readonly begunAt: Date;
}

/**
 * What this process has seen of the link. The watermark in a database that was put back is as old as the backup, and may be young enough to
 * open lists: so none is believed that stood there when the process started, and none that is older than one it has seen since.
 */
export class LinkMemory {
  private atStart: Word | null = null;
  private newest: { readonly word: Word; readonly seenAt: Date } | undefined;

  /** Before anything is heard. */
  begin({ heard }: Reading['link']): void {
    this.atStart = heard;
  }

  /** Notes what was read; whether it may be believed. */
  take({ link: { heard }, now, begunAt }: Reading): boolean {
    if (heard === null) return false;
    if (this.newest === undefined || compare(heard, this.newest.word) > 0) this.newest = { word: heard, seenAt: now };
    if (this.atStart !== null && compare(heard, this.atStart) <= 0) return false;
    // On a snapshot from before the newest was seen, an older one is what there was.
    return compare(heard, this.newest.word) === 0 || begunAt <= this.newest.seenAt;
  }
}

function compare(a: Word, b: Word): number {
  return a.epoch === b.epoch ? a.issuedAt.getTime() - b.issuedAt.getTime() : a.epoch - b.epoch;
}
