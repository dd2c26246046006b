import type { EntityManager } from 'typeorm';
import type { StatementKey } from './statement-keys.schemas.js';

export async function keepStatementKey(manager: EntityManager, { kid, x, y }: StatementKey): Promise<void> {
  await manager.query('INSERT INTO statement_key (kid, x, y) VALUES ($1, $2, $3) ON CONFLICT (kid) DO NOTHING', [kid, x, y]);
}

/** The newest first. */
export function readStatementKeys(manager: EntityManager): Promise<Pick<StatementKey, 'kid' | 'x' | 'y'>[]> {
  return manager.query('SELECT kid, x, y FROM statement_key ORDER BY first_used_at DESC, kid');
}
