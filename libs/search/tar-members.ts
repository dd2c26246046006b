import { type FileForm, formOf } from './file-forms.js';

const BLOCK = 512;
/** A number of twelve bytes: octal digits, or binary when it is too large for those. */
const SIZE = 124;
const SIZE_LENGTH = 12;
const BINARY_SIZE = 0x80;

/** Follows a tar as it comes, however cut (POSIX.1-1988 ustar, pax, GNU), and looks at how each member begins. */
export class TarMembers {
  private readonly block = Buffer.alloc(BLOCK);
  private held = 0;
  /** Bytes of the member that are still to come, and those that fill its last block. */
  private left = 0;
  private atBegin = false;

  /** @param tell of every member that is not plain: packed, in UTF-16, another tar */
  constructor(private readonly tell: (form: FileForm) => void) {}

  /** The first part begins with the first header. */
  take(part: Buffer): void {
    for (let at = 0; at < part.length;) {
      if (!this.atBegin && this.left > 0) {
        const skipped = Math.min(this.left, part.length - at);
        this.left -= skipped;
        at += skipped;
        continue;
      }
      const copied = part.copy(this.block, this.held, at, at + BLOCK - this.held);
      this.held += copied;
      at += copied;
      if (this.held === BLOCK) this.takeBlock();
    }
  }

  private takeBlock(): void {
    this.held = 0;
    if (!this.atBegin) {
      this.left = Math.ceil(sizeIn(this.block) / BLOCK) * BLOCK;
      this.atBegin = this.left > 0;
      return;
    }
    this.atBegin = false;
    this.left -= BLOCK;
    const form = formOf(this.block);
    if (form !== 'plain') this.tell(form);
  }
}

function sizeIn(header: Buffer): number {
  const field = header.subarray(SIZE, SIZE + SIZE_LENGTH);
  if (((field[0] as number) & BINARY_SIZE) !== 0) return Number(field.readBigUInt64BE(SIZE_LENGTH - 8));
  const size = Number.parseInt(field.toString('latin1').replaceAll('\0', ' ').trim(), 8);
  return Number.isNaN(size) ? 0 : size;
}
