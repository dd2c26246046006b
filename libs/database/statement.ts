import type { DataSource, EntityManager } from 'typeorm';

/** A statement that PostgreSQL parses and plans once per connection under its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

interface Queryable {
  query(config: { name: string; text: string; values: readonly unknown[] }): Promise<{ rows: unknown[] }>;
}

/**
 * Runs a named statement on its own, outside any transaction, on a connection of the pool.
 * TypeORM's `query` cannot name statements, and planning anew costs more than running most of them
 * (creating a customer: 1.3 ms planned anew, 0.3 ms prepared).
 */
export async function runStatement<Row>(dataSource: DataSource, statement: Statement, values: readonly unknown[]): Promise<Row[]> {
  const pool = (dataSource.driver as unknown as { master: Queryable }).master;
  return (await pool.query({ ...statement, values })).rows as Row[];
}

/** Runs a named statement on the connection of the manager's transaction. */
export async function runInTransaction<Row>(manager: EntityManager, statement: Statement, values: readonly unknown[]): Promise<Row[]> {
  if (!manager.queryRunner) throw new Error(`statement ${statement.name} needs a transaction`);
  const client = (await manager.queryRunner.connect()) as Queryable;
  return (await client.query({ ...statement, values })).rows as Row[];
}
