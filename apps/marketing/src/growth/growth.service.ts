import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Channel, CHANNELS } from '#contracts/channel.js';
import { Failure } from '#http/failure.js';
import { EVERYBODY } from '../audience/condition.js';
import { FreshnessService } from '../audience/freshness.service.js';
import { AudienceIndex } from '../audience-index/audience-index.service.js';
import { onOneSnapshot } from '../database/transaction.js';
import { growthChart } from './growth-chart.js';
import { PERIOD_UNUSABLE } from './growth.errors.js';
import type { Growth, GrowthChartQuery, GrowthQuery } from './growth.schemas.js';
import { openingOf, readGrowth } from './growth.sql.js';
import { type Period, periodOf } from './period.js';

/** How the lists grow. From counts of events alone; nobody can be found in them. */
@Injectable()
export class GrowthService {
  constructor(
    private readonly database: DataSource,
    private readonly gate: FreshnessService,
    private readonly index: AudienceIndex,
  ) {}

  /**
   * For a dashboard: shown when stale too, and then says so.
   * @throws Failure `period-unusable`
   */
  async growth({ by, channel, ...asked }: GrowthQuery): Promise<Growth> {
    const counted = await onOneSnapshot(this.database, async (manager) => {
      const { freshness, version, now } = await this.gate.judge(manager);
      const period = usable(asked, now);
      const rows = await readGrowth(manager, by, period, channel);
      return { ...period, by, asOf: freshness.asOf?.toISOString() ?? null, version, stale: !freshness.fresh, rows };
    });
    const optedIn: Growth['optedIn'] = {};
    for (const each of channelsOf(channel)) optedIn[each] = (await this.index.count(each, EVERYBODY)).value;
    return { ...counted, optedIn };
  }

  /**
   * The same as a picture (SVG).
   * @throws Failure `period-unusable`
   */
  chart({ channel, ...asked }: GrowthChartQuery): Promise<string> {
    return onOneSnapshot(this.database, async (manager: EntityManager) => {
      const { now } = await this.gate.judge(manager);
      const period = usable(asked, now);
      const rows = await readGrowth(manager, 'day', period, channel);
      const opening = await openingOf(manager, period.from);
      const channels = channelsOf(channel).map((each) => ({
        channel: each, opening: opening[each] ?? 0, days: rows.flatMap(({ day = '', ...row }) => (row.channel === each ? [{ day, ...row }] : [])),
      }));
      return growthChart(period, channels);
    });
  }
}

function channelsOf(channel: Channel | undefined): readonly Channel[] {
  return channel === undefined ? CHANNELS : [channel];
}

function usable(asked: { from?: string | undefined; to?: string | undefined }, now: Date): Period {
  const period = periodOf(asked, now);
  if (period !== undefined) return period;
  throw new Failure(PERIOD_UNUSABLE, { errors: [{ pointer: 'from', code: 'period-unusable', detail: 'must not come after the last day, nor more than ten years before it' }] });
}
