import type { EntityManager } from 'typeorm';
import { type Channel, CHANNELS } from '#contracts/channel.js';
import type { GrowthRow } from './growth.schemas.js';
import type { Period } from './period.js';

const BY = {
  day: { columns: 'day', shown: `to_char(day, 'YYYY-MM-DD') AS day` },
  source: { columns: 'source', shown: 'source' },
  wording: { columns: 'wording_id, wording_version', shown: `jsonb_build_object('id', wording_id, 'version', wording_version) AS wording` },
} as const;

/** Gains and withdrawals of a period, summed over everything but the channel and one more thing. */
export function readGrowth(manager: EntityManager, by: keyof typeof BY, { from, to }: Period, channel: Channel | undefined): Promise<GrowthRow[]> {
  const { columns, shown } = BY[by];
  return manager.query<GrowthRow[]>(
    `SELECT channel, ${shown}, sum(gained) AS gained, sum(withdrawn) AS withdrawn, sum(gained) - sum(withdrawn) AS net
       FROM growth WHERE day BETWEEN $1::date AND $2::date AND channel = ANY ($3::text[])
      GROUP BY channel, ${columns} ORDER BY ${columns}, channel`,
    [from, to, channel === undefined ? CHANNELS : [channel]],
  );
}

export type ChannelCounts = Partial<Record<Channel, number>>;

/** How many were opted in at the end of the day before `day`, by the counts of the days up to then. */
export async function openingOf(manager: EntityManager, day: string): Promise<ChannelCounts> {
  const rows = await manager.query<{ channel: Channel; people: number }[]>(
    'SELECT channel, sum(gained) - sum(withdrawn) AS people FROM growth WHERE day < $1::date GROUP BY channel', [day],
  );
  return Object.fromEntries(rows.map(({ channel, people }) => [channel, people]));
}
