import { type Channel, CHANNELS } from '#contracts/channel.js';
import { DictionaryColumn } from './dictionary-column.js';
import { MomentColumn } from './moment-column.js';
import { TagColumn } from './tag-column.js';

/** A consent as the index knows it. */
export interface IndexedConsent {
  /** Half seconds since 1970, see moment-column.ts. */
  readonly since: number;
  /** `version:id`: a version is a number, so no two wordings are written alike. */
  readonly wording: string;
  readonly source: string;
}

/** What the index knows of a contact: what filters ask for, and nothing she could be reached by. */
export interface IndexedContact {
  readonly language: string | null;
  readonly country: string | null;
  readonly occupation: string | null;
  /** In lower case, by the same rule as in `clauseOf`: the database's. */
  readonly city: string | null;
  readonly postalCode: string | null;
  readonly birthYear: number | null;
  readonly interests: readonly string[];
  readonly consents: Readonly<Record<Channel, IndexedConsent | null>>;
}

export interface ConsentColumns {
  readonly since: MomentColumn;
  readonly wording: DictionaryColumn<string>;
  readonly source: DictionaryColumn<string>;
}

/** Slots of the first room, and the least that room grows by: one stored block. */
const ROOM = 65_536;

/** The fields of all contacts, column by column: about 40 bytes a person, outside of the heap. */
export class ContactColumns {
  readonly language = new DictionaryColumn<string>();
  readonly country = new DictionaryColumn<string>();
  readonly occupation = new DictionaryColumn<string>();
  readonly city = new DictionaryColumn<string>();
  readonly postalCode = new DictionaryColumn<string>();
  readonly birthYear = new DictionaryColumn<number>();
  readonly interests = new TagColumn();
  readonly consents: Readonly<Record<Channel, ConsentColumns>> = {
    email: consentColumns(), sms: consentColumns(), phone: consentColumns(), post: consentColumns(),
  };
  /** Slots there is room for; a multiple of 65,536. */
  room = 0;

  /** Makes room for slots below `slots`, and for an eighth more. */
  growFor(slots: number): void {
    if (slots <= this.room) return;
    this.room = Math.ceil(Math.max(slots, this.room * 1.125) / ROOM) * ROOM;
    for (const column of this.all()) column.grow(this.room);
  }

  holds(slot: number): boolean {
    return CHANNELS.some((channel) => this.consents[channel].since.get(slot) !== undefined);
  }

  /** The contact of a slot from now on; null: nobody is held there. The slot must lie within the room. */
  put(slot: number, contact: IndexedContact | null): void {
    const wasHeld = this.holds(slot);
    this.language.set(slot, contact?.language ?? null);
    this.country.set(slot, contact?.country ?? null);
    this.occupation.set(slot, contact?.occupation ?? null);
    this.city.set(slot, contact?.city ?? null);
    this.postalCode.set(slot, contact?.postalCode ?? null);
    this.birthYear.set(slot, contact?.birthYear ?? null);
    for (const channel of CHANNELS) {
      const consent = contact?.consents[channel] ?? null;
      const { since, wording, source } = this.consents[channel];
      since.set(slot, consent?.since ?? null);
      wording.set(slot, consent?.wording ?? null);
      source.set(slot, consent?.source ?? null);
    }
    // Of somebody new no tag has to be taken away: loading a million is twice as fast.
    if (wasHeld) this.interests.keepOnly(slot, contact?.interests ?? []);
    this.interests.add(slot, contact?.interests ?? []);
  }

  get bytes(): number {
    return this.all().reduce((sum, column) => sum + column.bytes, 0);
  }

  private all(): { grow(slots: number): void; readonly bytes: number }[] {
    return [
      this.language, this.country, this.occupation, this.city, this.postalCode, this.birthYear, this.interests,
      ...CHANNELS.flatMap((channel) => Object.values<DictionaryColumn<string> | MomentColumn>({ ...this.consents[channel] })),
    ];
  }
}

function consentColumns(): ConsentColumns {
  return { since: new MomentColumn(), wording: new DictionaryColumn(), source: new DictionaryColumn() };
}
