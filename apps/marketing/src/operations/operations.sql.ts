import type { EntityManager } from 'typeorm';

export interface Backlogs {
  readonly parked: number;
  readonly awaiting: number;
  readonly answers: number;
}

/** How much waits: parked messages, contacts without data, answers not yet sent. */
export async function countBacklogs(manager: EntityManager): Promise<Backlogs> {
  const [row] = await manager.query<[Backlogs]>(
    `SELECT (SELECT count(*) FROM parked) AS parked,
            (SELECT count(*) FROM ref_state WHERE awaiting_data) AS awaiting,
            (SELECT count(*) FROM answer) AS answers`,
  );
  return row;
}
