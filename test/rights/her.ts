import { createHash, randomInt, randomUUID } from 'node:crypto';
import { decision } from '#test/support/register.js';

const text = 'Juhlatalo Oy saa nimeni ja sähköpostini tarjouksiaan varten.';
/** The wording on which a disclosure to the party house rests. */
export const PARTY_WORDING = { id: 'party-house', version: 1, language: 'fi', text, sha256: createHash('sha256').update(text).digest('hex') };

/** Somebody whose every value occurs nowhere else. */
export interface Her {
  readonly marker: string;
  readonly email: string;
  /** The address she corrects hers to. */
  readonly corrected: string;
  readonly phone: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Whatever would tell of her, as it is stored. */
  readonly markers: readonly string[];
}

export function somebody(): Her {
  const marker = `Marker${randomUUID().replaceAll('-', '')}`;
  const [email, corrected] = [`${marker}-old@example.fi`.toLowerCase(), `${marker}@example.fi`.toLowerCase()];
  const phone = `+35845${String(randomInt(1_000_000, 9_999_999))}`;
  const granted = (channel: string): object => ({ purpose: 'marketing', channel, ...decision({ form: `/form/${marker}` }) });
  return {
    marker, email, corrected, phone, markers: [marker, phone.slice(1)],
    body: {
      contact: {
        firstName: `F${marker}`, lastName: `L${marker}`, email, phone, language: 'fi',
        address: { street: `S${marker}`, postalCode: '04300', city: `C${marker}`, country: 'FI' },
      },
      demographics: { birthYear: 1980, occupation: `O${marker}` }, interests: ['birthday'],
      consents: [granted('email'), granted('post')],
    },
  };
}
