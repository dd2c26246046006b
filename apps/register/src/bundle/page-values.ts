import type { ShownReader } from '../access-log/reader-shown.js';
import type { RecipientView } from '../disclosures/disclosures.schemas.js';
import { type Kind, type Localised, toldColumns } from '../personal-data/annotation.js';
import { CUSTOMER } from '../personal-data/customer-annotations.js';
import { CODE_TEXTS } from './code-texts.js';
import { html, type Html, type Piece } from './html.js';
import { PAGE_TEXTS, type PageTexts } from './page-texts.js';

export type PageLanguage = keyof Localised;

/** What the page needs of the controller's profile beside the bundle. */
export interface PageProfile {
  readonly productGroups: readonly { readonly code: string; readonly name: Localised }[];
}

/** How values are written in one language. */
export class Values {
  readonly texts: PageTexts;
  private readonly numbers: Intl.NumberFormat;
  private readonly days: Intl.DateTimeFormat;
  private readonly moments: Intl.DateTimeFormat;
  private readonly countries: Intl.DisplayNames;
  private readonly languages: Intl.DisplayNames;
  /** The label of each field of hers; an address has several columns, and a name in CODE_TEXTS. */
  private readonly fields: ReadonlyMap<string, string>;

  constructor(readonly language: PageLanguage, private readonly profile: PageProfile) {
    const locale = language === 'en' ? 'en-GB' : language;
    const timeZone = 'Europe/Helsinki';
    this.texts = PAGE_TEXTS[language];
    this.numbers = new Intl.NumberFormat(locale);
    this.days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone });
    this.moments = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone });
    this.countries = new Intl.DisplayNames(locale, { type: 'region' });
    this.languages = new Intl.DisplayNames(locale, { type: 'language' });
    this.fields = new Map(toldColumns(CUSTOMER).flatMap(({ told: { field, label } }) =>
      (field === undefined || field === 'contact.address' ? [] : [[field, label[language].toLocaleLowerCase(language)] as const])));
  }

  of(as: Kind, value: unknown): Piece {
    if (value === null || value === undefined) return null;
    switch (as) {
      case 'moment': return this.moment(value as string);
      case 'day': return this.days.format(new Date(`${value as string}T12:00:00Z`));
      case 'number': return value as number;
      case 'yes-no': return value === true ? this.texts.yes : this.texts.no;
      case 'purpose':
      case 'code': return this.code(value as string);
      case 'codes': return (value as string[]).map((code) => this.words(code)).join(', ');
      case 'interests': return (value as string[]).map((code) => this.profile.productGroups.find((group) => group.code === code)?.name[this.language] ?? code).join(', ');
      case 'fields': return (value as string[]).map((field) => this.fields.get(field) ?? this.words(field)).join(', ');
      case 'actor': return this.actor(value as ShownReader);
      case 'recipient': return this.recipient(value as RecipientView);
      case 'sources':
      case 'answer': return html`<code>${JSON.stringify(value)}</code>`;
      case 'sealed': return (value as string[]).join(', ');
      case 'text': return value as string;
      default: return as satisfies never;
    }
  }

  moment(at: string): Html {
    return html`<time datetime="${at}">${this.momentText(at)}</time>`;
  }

  momentText(at: string): string {
    return this.moments.format(new Date(at));
  }

  day(at: string): string {
    return this.days.format(new Date(at));
  }

  number(value: number): string {
    return this.numbers.format(value);
  }

  /** In words; consents given and taken back stand out. */
  code(code: string): Piece {
    const words = this.words(code);
    if (code === 'granted' || code === 'given') return html`<span class="badge good">${words}</span>`;
    return code === 'withdrawn' ? html`<span class="badge gone">${words}</span>` : words;
  }

  words(code: string): string {
    const known = CODE_TEXTS[code]?.[this.language];
    if (known !== undefined) return known;
    if (/^[A-Z]{2}$/.test(code)) return code === 'ZZ' ? '–' : this.countries.of(code) ?? code;
    return /^[a-z]{2}$/.test(code) ? this.languages.of(code) ?? code : code;
  }

  actor({ kind, roles, name }: ShownReader): string {
    switch (kind) {
      case 'customer': return this.texts.you;
      case 'program': return name ?? '';
      case 'staff': return [this.texts.employee, ...(roles.length > 0 ? [roles.map((role) => this.words(role)).join(', ')] : [])].join(': ');
      default: return kind satisfies never;
    }
  }

  recipient({ name, country }: RecipientView): string {
    return country === 'ZZ' ? name : `${name} (${this.words(country)})`;
  }
}
