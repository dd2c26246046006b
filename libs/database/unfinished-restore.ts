import type { DataSource } from 'typeorm';

/** Stands in a database from the moment it is being restored until everything that has to follow is done. */
const MARKER = 'restore_unfinished';

export const RESTORE_UNFINISHED = 'The restore of this database was not brought to its end, and erased people may be in it. Repeat "npm run restore" with the same files.';

/** Whether a restore was begun and not ended: no service may open such a database. */
export async function isRestoreUnfinished(database: DataSource): Promise<boolean> {
  const [row] = await database.query<{ unfinished: boolean }[]>('SELECT to_regclass($1) IS NOT NULL AS unfinished', [`public.${MARKER}`]);
  return row?.unfinished === true;
}
