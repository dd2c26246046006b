import type { EntityManager } from 'typeorm';
import type { Watermark } from '#contracts/watermark.v1.js';

export interface Beat {
  readonly count: number;
  /** Read with the count. */
  readonly marketingEpoch: string;
  readonly now: Date;
}

/** Counts on for a process. To be committed before what is counted is said. */
export async function beat(manager: EntityManager, instance: string): Promise<Beat> {
  const [row] = await manager.query<[Beat]>(
    `WITH beaten AS (
       INSERT INTO pulse AS p (instance, count) VALUES ($1, 1) ON CONFLICT (instance) DO UPDATE SET count = p.count + 1 RETURNING count)
     SELECT count, marketing_epoch AS "marketingEpoch", clock_timestamp() AS now FROM beaten CROSS JOIN link_state`,
    [instance],
  );
  return row;
}

/** The epoch of marketing; nobody changes it, and no watermark is stored, until the transaction ends. */
export async function lockEpoch(manager: EntityManager): Promise<string> {
  const [{ epoch }] = await manager.query<[{ epoch: string }]>('SELECT marketing_epoch AS epoch FROM link_state FOR UPDATE');
  return epoch;
}

/** Whether processes have said that they had counted further than this database knows: what they counted last was not forgotten by them. */
export async function isBehind(manager: EntityManager, pulses: NonNullable<Watermark['pulses']>): Promise<boolean> {
  const [{ behind }] = await manager.query<[{ behind: boolean }]>(
    `SELECT EXISTS (SELECT 1 FROM jsonb_to_recordset($1::jsonb) AS told (instance uuid, count bigint)
                      LEFT JOIN pulse AS p USING (instance) WHERE coalesce(p.count, 0) < told.count) AS behind`,
    [JSON.stringify(pulses)],
  );
  return behind;
}
