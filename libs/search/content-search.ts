import { TextDecoder } from 'node:util';
import { type FileForm, formOf } from './file-forms.js';
import { GradualGunzip } from './gunzip.js';
import type { Needles } from './needles.js';
import { PackedBytes } from './packed-bytes.js';
import { StreamSearch } from './stream-search.js';
import type { Tally } from './tally.js';
import { TarMembers } from './tar-members.js';

/**
 * Searches what one file holds: as it lies there, and what it stands for when it is packed by gzip or written in UTF-16. Members of a tar are searched as they
 * lie there; when one of them is not plain, and when anything looks packed, that is told.
 */
export class ContentSearch {
  private readonly plain: StreamSearch;
  private decoded: StreamSearch | undefined;
  private decoder: TextDecoder | undefined;
  private gunzip: GradualGunzip | undefined;
  private inner: ContentSearch | undefined;
  private members: TarMembers | undefined;
  /** Only of what should be readable. */
  private packed: PackedBytes | undefined;
  private readonly reasons = new Set<string>();
  private isFirst = true;

  constructor(private readonly needles: Needles) {
    this.plain = new StreamSearch(needles);
  }

  /** Resolves when the next part may come. The part may be used anew after. */
  async take(part: Buffer): Promise<void> {
    this.takeNow(part, () => {
      const inner = (this.inner = new ContentSearch(this.needles));
      // What is packed twice is not unpacked twice.
      this.gunzip = new GradualGunzip((unpacked) => { inner.takeNow(unpacked, () => { inner.reasons.add('compressed'); }); });
    });
    await this.gunzip?.take(part);
  }

  /** After the last part. Why not all of it could be searched; nothing: all was. */
  async end(): Promise<ReadonlySet<string>> {
    if (this.gunzip && !(await this.gunzip.end())) this.reasons.add('damaged');
    this.endNow();
    for (const reason of this.inner?.endNow() ?? []) this.reasons.add(reason);
    return this.reasons;
  }

  get tallies(): readonly Tally[] {
    return [this.plain, ...(this.decoded ? [this.decoded] : [])].map(({ tally }) => tally).concat(this.inner?.tallies ?? []);
  }

  private takeNow(part: Buffer, isGzip: () => void): void {
    if (this.isFirst && part.length > 0) {
      this.isFirst = false;
      this.begin(formOf(part), isGzip);
    }
    this.members?.take(part);
    if (this.packed?.isIn(part) === true) {
      this.packed = undefined;
      this.reasons.add('format');
    }
    this.plain.take(part);
    if (this.decoder) this.decoded?.take(Buffer.from(this.decoder.decode(part, { stream: true })));
  }

  private begin(form: FileForm, isGzip: () => void): void {
    switch (form) {
      case 'gzip':
        isGzip();
        return;
      case 'utf-16le':
      case 'utf-16be':
        [this.decoder, this.decoded] = [new TextDecoder(form), new StreamSearch(this.needles)];
        return;
      case 'compressed':
      case 'format':
        this.reasons.add(form);
        return;
      case 'tar':
        this.members = new TarMembers(() => { this.reasons.add('format'); });
        this.packed = new PackedBytes();
        return;
      case 'plain':
        this.packed = new PackedBytes();
    }
  }

  private endNow(): ReadonlySet<string> {
    this.plain.end();
    if (this.decoder) this.decoded?.take(Buffer.from(this.decoder.decode()));
    this.decoded?.end();
    return this.reasons;
  }
}
