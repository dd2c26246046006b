import type { Statement } from '#database/statement.js';

/**
 * Customers of whom marketing has heard something newer than this database knows.
 * $1 JSON array of {ref, epoch, version}
 */
export const FIND_BEHIND: Statement = {
  name: 'find-behind',
  replan: true,
  text: `
    SELECT c.id, c.ref FROM jsonb_to_recordset($1::jsonb) AS m(ref uuid, epoch bigint, version bigint)
    JOIN customer c ON c.ref = m.ref CROSS JOIN link_state l WHERE (m.epoch, m.version) > (l.epoch, c.version) ORDER BY c.id`,
};

export const READ_RESTORED_EPOCH: Statement = { name: 'read-restored-epoch', text: 'SELECT epoch::float8 AS epoch FROM link_state' };

export const READ_PULSE: Statement = { name: 'read-pulse', text: 'SELECT count::float8 AS count FROM pulse' };
export const BEAT: Statement = { name: 'beat', text: 'UPDATE pulse SET count = count + 1 RETURNING count::float8 AS count' };
/** $1 what the log has seen */
export const CATCH_UP: Statement = { name: 'catch-up-pulse', text: 'UPDATE pulse SET count = greatest(count, $1::bigint) + 1' };
