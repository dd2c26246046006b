import type pg from 'pg';
import type { DataSource } from 'typeorm';
import { WatchfulClient, type WatchfulConfig } from '#database/watchful-client.js';

/** What a search needs of a connection; those of TypeORM have it. */
export interface SearchRunner {
  /** The driver's connection. */
  connect(): Promise<unknown>;
  query(text: string, values?: unknown[]): Promise<unknown>;
  startTransaction(isolation?: 'REPEATABLE READ'): Promise<void>;
  commitTransaction(): Promise<void>;
  rollbackTransaction(): Promise<void>;
  release(): Promise<void>;
}

/** A database to be searched: of a service, or opened by the thread that searches. */
export interface SearchedDatabase {
  createQueryRunner(): SearchRunner;
}

/** How to reach one, in a form that can be sent to a thread. Holds the password. */
export type Reach = Pick<WatchfulConfig, 'connectionString' | 'application_name' | 'statement_timeout' | 'connectionTimeoutMillis' | 'options' | 'queryTimeoutMs' | 'keepAlive'>;

/** As the data source reaches it, with the same settings. */
export function reachOf({ options }: DataSource): Reach {
  const { url, applicationName, extra } = options as { url: string; applicationName: string; extra: Reach & { readonly Client: unknown } };
  const { Client: _, ...settings } = extra; // a class does not cross over
  return { connectionString: url, application_name: applicationName, ...settings };
}

/** Opens a connection for each runner. Without TypeORM, which would cost a thread twenty megabytes. */
export function databaseAt(reach: Reach): SearchedDatabase {
  return { createQueryRunner: () => new OwnConnection(reach) };
}

class OwnConnection implements SearchRunner {
  private connected: Promise<pg.Client> | undefined;

  constructor(private readonly reach: Reach) {}

  connect(): Promise<pg.Client> {
    this.connected ??= this.open();
    return this.connected;
  }

  async query(text: string, values?: unknown[]): Promise<unknown> {
    return (await (await this.connect()).query<object>(text, values)).rows;
  }

  async startTransaction(isolation?: 'REPEATABLE READ'): Promise<void> {
    await this.query(isolation === undefined ? 'BEGIN' : `BEGIN ISOLATION LEVEL ${isolation}`);
  }

  async commitTransaction(): Promise<void> {
    await this.query('COMMIT');
  }

  async rollbackTransaction(): Promise<void> {
    await this.query('ROLLBACK');
  }

  async release(): Promise<void> {
    await (await this.connected)?.end();
  }

  private async open(): Promise<pg.Client> {
    const client: pg.Client = new WatchfulClient(this.reach);
    client.on('error', () => undefined); // the next statement fails, and tells
    await client.connect();
    return client;
  }
}
