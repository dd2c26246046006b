import { type Channel, CHANNELS } from '#contracts/channel.js';
import type { Order } from '#contracts/order.js';
import type { Grant, Projection } from '#contracts/projection.v1.js';

/** One channel of a contact; all null when it is not granted. */
type ChannelColumns<C extends Channel> = {
  [K in `${C}_since`]: Date | string | null;
} & { [K in `${C}_wording_id` | `${C}_source`]: string | null } & { [K in `${C}_wording_version`]: number | null };

/** A row of the table `contact`: an opted-in person and only what the granted channels need. */
export interface ContactRow
  extends ChannelColumns<'email'>, ChannelColumns<'sms'>, ChannelColumns<'phone'>, ChannelColumns<'post'> {
  ref: string;
  first_name: string | null;
  last_name: string | null;
  language: string | null;
  birth_year: number | null;
  occupation: string | null;
  interests: string[];
  email: string | null;
  phone: string | null;
  street_address: string | null;
  postal_code: string | null;
  city: string | null;
  country: string | null;
}

/** Columns of `contact` with their types, in the order of every statement that names them all. */
export const CONTACT_COLUMNS: readonly (readonly [name: keyof ContactRow, type: string])[] = [
  ['ref', 'uuid'], ['first_name', 'text'], ['last_name', 'text'], ['language', 'text'], ['birth_year', 'smallint'],
  ['occupation', 'text'], ['interests', 'text[]'], ['email', 'text'], ['phone', 'text'], ['street_address', 'text'],
  ['postal_code', 'text'], ['city', 'text'], ['country', 'text'],
  ...CHANNELS.flatMap((channel) => [
    [`${channel}_since`, 'timestamptz'], [`${channel}_wording_id`, 'text'],
    [`${channel}_wording_version`, 'integer'], [`${channel}_source`, 'text'],
  ] as const),
];

/** A grant counts only with the data it reaches the person by. */
function isReachable(projection: Projection, channel: Channel): boolean {
  switch (channel) {
    case 'email':
      return projection.email !== null;
    case 'sms':
    case 'phone':
      return projection.phone !== null;
    case 'post':
      return true;
    default:
      return channel satisfies never;
  }
}

function channelColumns(projection: Projection): Partial<ContactRow> {
  const columns: Record<string, unknown> = {};
  for (const channel of CHANNELS) {
    const grant = projection.grants.find((each) => each.channel === channel && isReachable(projection, channel));
    columns[`${channel}_since`] = grant?.grantedAt ?? null;
    columns[`${channel}_wording_id`] = grant?.wordingId ?? null;
    columns[`${channel}_wording_version`] = grant?.wordingVersion ?? null;
    columns[`${channel}_source`] = grant?.sourceSystem ?? null;
  }
  return columns;
}

/**
 * The row to hold for a projection, or undefined when no channel is left. Whatever the register sent,
 * no field is taken that no granted channel needs (GDPR Art. 5(1)(c)).
 */
export function toContactRow(projection: Projection): ContactRow | undefined {
  const channels = channelColumns(projection);
  if (CHANNELS.every((channel) => channels[`${channel}_since`] === null)) return undefined;
  const granted = (channel: Channel): boolean => channels[`${channel}_since`] !== null;
  const byPost = granted('post');
  return {
    ref: projection.ref,
    first_name: projection.firstName,
    last_name: projection.lastName,
    language: projection.language,
    birth_year: projection.birthYear,
    occupation: projection.occupation,
    interests: projection.interests,
    email: granted('email') ? projection.email : null,
    phone: granted('sms') || granted('phone') ? projection.phone : null,
    street_address: byPost ? projection.streetAddress : null,
    postal_code: byPost ? projection.postalCode : null,
    city: byPost ? projection.city : null,
    country: byPost ? projection.country : null,
    ...channels,
  } as ContactRow;
}

function grantOf(row: ContactRow, channel: Channel): Grant | undefined {
  const since = row[`${channel}_since`];
  if (since === null) return undefined;
  return {
    channel,
    grantedAt: new Date(since).toISOString(),
    wordingId: row[`${channel}_wording_id`] ?? '',
    wordingVersion: row[`${channel}_wording_version`] ?? 0,
    sourceSystem: row[`${channel}_source`] ?? '',
  };
}

/** The projection that a row was made of: what reconciliation compares with the register's. */
export function toProjection(row: ContactRow, order: Order): Projection {
  return {
    ref: row.ref,
    epoch: order.epoch,
    version: order.version,
    grants: [...CHANNELS].sort().flatMap((channel) => grantOf(row, channel) ?? []),
    firstName: row.first_name,
    lastName: row.last_name,
    language: row.language,
    birthYear: row.birth_year,
    occupation: row.occupation,
    interests: row.interests,
    email: row.email,
    phone: row.phone,
    streetAddress: row.street_address,
    postalCode: row.postal_code,
    city: row.city,
    country: row.country,
  };
}
