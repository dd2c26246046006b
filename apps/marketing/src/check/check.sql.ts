import type { EntityManager } from 'typeorm';
import type { Channel } from '#contracts/channel.js';
import { SINCE } from '../audience/clause.js';
import type { AddressKind } from '../contacts/address-digests.js';

/*
 * One statement for all of a call, and the same work for each: one look-up in an index, whether it finds nobody, somebody
 * without this channel, or somebody who may be written to. LATERAL … LIMIT keeps it a look-up in every plan.
 */
const places = (given: string, found: string, channel: Channel): string => `
  SELECT coalesce(array_agg(i.place::integer), '{}') AS places
    FROM unnest(${given}) WITH ORDINALITY AS i (given, place)
   CROSS JOIN LATERAL (SELECT ${SINCE[channel]} AS since FROM contact WHERE ${found} = i.given AND ${SINCE[channel]} IS NOT NULL LIMIT 1) AS c`;

/** Places (from 1) of the digests under which somebody may be reached by the channel. An empty digest finds nobody. */
export async function placesByDigest(manager: EntityManager, channel: Channel, kind: AddressKind, digests: readonly Buffer[]): Promise<number[]> {
  const [row] = await manager.query<[{ places: number[] }]>(places('$1::bytea[]', `${kind}_digest`, channel), [digests]);
  return row.places;
}

/** Places (from 1) of the references that may be reached by the channel. */
export async function placesByRef(manager: EntityManager, channel: Channel, refs: readonly string[]): Promise<number[]> {
  const [row] = await manager.query<[{ places: number[] }]>(places('$1::uuid[]', 'ref', channel), [refs]);
  return row.places;
}
