import type { Channel } from '#contracts/channel.js';
import type { Cell, CellKind } from './cell-text.js';
import type { RowShape } from './row-writer.js';

/** What can stand in a column. Which of them a preset has depends on the channel: nobody gets a phone number for writing emails. */
type Field =
  | 'ref' | 'email' | 'phone' | 'firstName' | 'lastName' | 'fullName' | 'language' | 'birthYear' | 'occupation' | 'interests' | 'grantedAt'
  | 'street' | 'postalCode' | 'city' | 'country';

const KIND: Record<Field, CellKind> = {
  ref: 'text', email: 'email', phone: 'phone', firstName: 'text', lastName: 'text', fullName: 'text', language: 'text', birthYear: 'number',
  occupation: 'text', interests: 'list', grantedAt: 'moment', street: 'text', postalCode: 'text', city: 'text', country: 'text',
};

/** Constants: no caller's text becomes SQL. `{since}` is the channel's. */
const EXPRESSION: Record<Field, string> = {
  ref: 'ref', email: 'email', phone: 'phone', firstName: 'first_name', lastName: 'last_name', fullName: `concat_ws(' ', first_name, last_name)`,
  language: 'language', birthYear: 'birth_year', occupation: 'occupation', interests: 'interests', grantedAt: '{since}',
  street: 'street_address', postalCode: 'postal_code', city: 'city', country: 'country',
};

const REACH: Record<Channel, readonly Field[]> = {
  email: ['email'], sms: ['phone'], phone: ['phone'], post: ['street', 'postalCode', 'city', 'country'],
};
const PERSON: readonly Field[] = ['firstName', 'lastName', 'language', 'birthYear', 'occupation', 'interests', 'grantedAt'];

type Column = readonly [header: string, field: Field];

interface PresetDefinition {
  readonly name: string;
  readonly format: 'csv' | 'ndjson';
  /** Columns by channel; a channel without columns cannot be served. */
  readonly columns: Partial<Record<Channel, readonly Column[]>>;
  /** A last column of JSON with these members. */
  readonly attributes?: { readonly header: string; readonly fields: readonly Field[] };
}

const everyChannel = (header: (field: Field) => string): Record<Channel, readonly Column[]> => ({
  email: general('email', header), sms: general('sms', header), phone: general('phone', header), post: general('post', header),
});
const general = (channel: Channel, header: (field: Field) => string): Column[] =>
  (['ref', ...REACH[channel], ...PERSON] as const).map((field) => [header(field), field]);
const snakeCase = (field: Field): string => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * Header names as the importers of the tools match them by themselves, read in 2026-11:
 * Mailchimp: https://mailchimp.com/help/format-guidelines-for-your-import-file/
 * Klaviyo (first column identifies; phones in E.164): https://help.klaviyo.com/hc/en-us/articles/115005078967
 * Brevo (attribute names): https://help.brevo.com/hc/en-us/articles/208729849-Create-a-file-to-import-your-contacts
 * HubSpot: https://knowledge.hubspot.com/import-and-export/set-up-your-import-file
 * listmonk (`email,name,attributes`, exactly): https://listmonk.app/docs/concepts/#attributes and its import page
 * Each carries the reference, by which a person is found again when she must go.
 */
const PRESETS = {
  mailchimp: {
    name: 'Mailchimp', format: 'csv',
    columns: { email: [['Email Address', 'email'], ['First Name', 'firstName'], ['Last Name', 'lastName'], ['Language', 'language'], ['External ID', 'ref']] },
  },
  klaviyo: {
    name: 'Klaviyo', format: 'csv',
    columns: {
      email: [['Email', 'email'], ['First Name', 'firstName'], ['Last Name', 'lastName'], ['Language', 'language'], ['External ID', 'ref']],
      sms: [['Phone Number', 'phone'], ['First Name', 'firstName'], ['Last Name', 'lastName'], ['Language', 'language'], ['External ID', 'ref']],
    },
  },
  brevo: {
    name: 'Brevo', format: 'csv',
    columns: {
      email: [['EMAIL', 'email'], ['FIRSTNAME', 'firstName'], ['LASTNAME', 'lastName'], ['EXT_ID', 'ref']],
      sms: [['SMS', 'phone'], ['FIRSTNAME', 'firstName'], ['LASTNAME', 'lastName'], ['EXT_ID', 'ref']],
      phone: [['LANDLINE_NUMBER', 'phone'], ['FIRSTNAME', 'firstName'], ['LASTNAME', 'lastName'], ['EXT_ID', 'ref']],
    },
  },
  hubspot: {
    name: 'HubSpot', format: 'csv',
    columns: {
      email: [['Email', 'email'], ['First Name', 'firstName'], ['Last Name', 'lastName'], ['External ID', 'ref']],
      phone: [['Phone Number', 'phone'], ['First Name', 'firstName'], ['Last Name', 'lastName'], ['External ID', 'ref']],
    },
  },
  listmonk: {
    name: 'listmonk', format: 'csv',
    columns: { email: [['email', 'email'], ['name', 'fullName']] },
    attributes: { header: 'attributes', fields: ['ref', 'language', 'interests'] },
  },
  csv: { name: 'CSV, every field', format: 'csv', columns: everyChannel(snakeCase) },
  ndjson: { name: 'JSON, one person a line', format: 'ndjson', columns: everyChannel((field) => field) },
} as const satisfies Record<string, PresetDefinition>;

export type PresetId = keyof typeof PRESETS;
export const PRESET_IDS = Object.keys(PRESETS) as [PresetId, ...PresetId[]];

const definitionOf = (id: PresetId): PresetDefinition => PRESETS[id];

/** The channels a preset can serve. */
export function channelsOf(id: PresetId): Channel[] {
  return Object.keys(definitionOf(id).columns) as Channel[];
}

export function formatOf(id: PresetId): 'csv' | 'ndjson' {
  return definitionOf(id).format;
}

/** One export's layout: what to select, how a row is written, and what stands before the first one. */
export interface Layout {
  /** SQL expressions over `contact`, in the order of the cells. */
  readonly expressions: readonly string[];
  readonly shape: RowShape;
  /** The header line; empty for NDJSON. */
  readonly head: string;
  readonly mediaType: string;
  readonly extension: 'csv' | 'ndjson';
}

/** @param since column that tells when the channel's consent was given; @throws Error when the preset cannot serve the channel */
export function layoutOf(id: PresetId, channel: Channel, since: string, bom: boolean): Layout {
  const { columns, format, attributes } = definitionOf(id);
  const own = columns[channel];
  if (own === undefined) throw new Error(`the preset ${id} cannot serve ${channel}`);
  const expression = (field: Field): string => EXPRESSION[field].replace('{since}', since);
  if (format === 'ndjson') {
    return {
      expressions: own.map(([, field]) => expression(field)),
      shape: {
        cells: own.map(([header, field], at) => ({ before: `${at === 0 ? '{' : ','}"${header}":`, form: 'json', kind: KIND[field] })),
        after: '}\n',
      },
      head: '', mediaType: 'application/x-ndjson', extension: 'ndjson',
    };
  }
  const members = attributes?.fields ?? [];
  return {
    expressions: [...own.map(([, field]) => expression(field)), ...members.map(expression)],
    shape: {
      cells: [
        ...own.map(([, field], at): Cell => ({ before: at === 0 ? '' : ',', form: 'csv', kind: KIND[field] })),
        ...members.map((field, at): Cell => ({ before: `${at === 0 ? ',"{' : ','}""${field}"":`, form: 'json-in-csv', kind: KIND[field] })),
      ],
      after: members.length === 0 ? '\r\n' : '}"\r\n',
    },
    head: `${bom ? '\uFEFF' : ''}${[...own.map(([header]) => header), ...(attributes === undefined ? [] : [attributes.header])].join(',')}\r\n`,
    mediaType: 'text/csv; charset=utf-8; header=present', extension: 'csv',
  };
}

/** What can be corrected of somebody, as recipients are told. */
export const CORRECTED_FIELDS = ['email', 'phone', 'address', 'name', 'language', 'birthYear', 'occupation', 'interests'] as const;
export type CorrectedField = (typeof CORRECTED_FIELDS)[number];

/** The reference is never corrected, and when a consent was given is no data that she could correct. */
const CORRECTED_AS: Record<Field, CorrectedField | undefined> = {
  ref: undefined, grantedAt: undefined, email: 'email', phone: 'phone', firstName: 'name', lastName: 'name', fullName: 'name', language: 'language',
  birthYear: 'birthYear', occupation: 'occupation', interests: 'interests', street: 'address', postalCode: 'address', city: 'address', country: 'address',
};

export interface GivenFields {
  readonly preset: PresetId;
  readonly channel: Channel;
  readonly fields: readonly CorrectedField[];
}

/** What somebody can have corrected of what each preset gives for each channel. */
export const GIVEN_FIELDS: readonly GivenFields[] = PRESET_IDS.flatMap((preset) => channelsOf(preset).map((channel) => {
  const { columns, attributes } = definitionOf(preset);
  const given = [...(columns[channel] ?? []).map(([, field]) => field), ...(attributes?.fields ?? [])];
  return { preset, channel, fields: CORRECTED_FIELDS.filter((field) => given.some((each) => CORRECTED_AS[each] === field)) };
}));
