import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { isPassing } from '#database/database-errors.js';

/** Times a transaction is tried when it loses a race against another one. */
const TRIES = 4;

/** Runs `work` in one READ COMMITTED transaction, again when it lost a race; other errors pass through. */
export async function inTransaction<T>(database: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.transaction('READ COMMITTED', work);
    } catch (error) {
      if (!isPassing(error) || attempt === TRIES) throw error;
    }
  }
}

/** Runs `read` on one snapshot: everything it sees was committed at the same moment. */
export function onOneSnapshot<T>(database: DataSource, read: (manager: EntityManager) => Promise<T>): Promise<T> {
  return database.transaction('REPEATABLE READ', read);
}

/** Runs `work` in one READ COMMITTED transaction, for statements that need the connection itself, such as COPY. Never twice. */
export function onConnection<T>(database: DataSource, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
  return database.transaction('READ COMMITTED', ({ queryRunner }) => {
    if (queryRunner === undefined) throw new Error('a transaction has a connection');
    return work(queryRunner);
  });
}
