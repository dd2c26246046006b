import { jest } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import type { QueryRunner } from 'typeorm';
import { waitFor } from '#test/support/wait-for.js';
import { SCOPES } from '#auth/scopes.js';
import { Exporting } from './exporting.js';

jest.setTimeout(120_000);

describe('whoever takes an export', () => {
  let exporting: Exporting;

  beforeEach(async () => {
    exporting = await Exporting.prepare('exports-taking', { blockSlots: 64 });
    await exporting.populate(10);
  });
  afterEach(() => exporting.close());

  const handovers = (id: string): Promise<{ outcome: string | null }[]> =>
    exporting.marketing.database.query('SELECT outcome FROM export_handover WHERE export_id = $1', [id]);

  /** Asks for the content while nobody can begin anything, goes away unheard, and only then lets the others go on. */
  const askAndLeave = async (id: string): Promise<void> => {
    const { marketing } = exporting;
    const locker: QueryRunner = marketing.database.createQueryRunner();
    await locker.startTransaction();
    await locker.query('SELECT 1 FROM export WHERE id = $1 FOR UPDATE', [id]);
    const { port } = new URL(await marketing['apps'][0]!.getUrl());
    const authorization = await marketing['tokens'].bearer({ scopes: SCOPES });
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(`GET /v1/exports/${id}/content HTTP/1.1\r\nHost: marketing\r\nAuthorization: ${authorization}\r\n\r\n`);
    await waitFor('the request to wait', async () => {
      const waiting = await marketing.database.query<unknown[]>(
        `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'lupa-marketing' AND query LIKE '%export%' AND datname = current_database()`);
      return waiting.length > 0;
    });
    socket.destroy();
    const server = marketing['apps'][0]!.getHttpServer() as Server;
    await waitFor('the server to notice', () => new Promise<boolean>((resolve) => { server.getConnections((_, count) => { resolve(count === 0); }); }));
    await locker.commitTransaction();
    await locker.release();
  };

  it('may write its id in capitals: the file is the same, and stays', async () => {
    const id = await exporting.file();
    const { status, content } = await exporting.take(id.toUpperCase());
    expect([status, content.toString().split('\r\n').length]).toEqual([200, 12]);
    expect(await exporting.look(id)).toMatchObject({ state: 'ready', handovers: 1 });
    expect((await readdir(exporting.directory)).length).toBe(2);
  });

  it('may be many at once: none of them waits for what another holds', async () => {
    const id = await exporting.file();
    const takings = await Promise.all(Array.from({ length: 3 * exporting.marketing.config.poolSize }, () => exporting.take(id)));
    expect(new Set(takings.map(({ status, isWhole }) => `${String(status)} ${String(isWhole)}`))).toEqual(new Set(['200 true']));
  });

  it('may go away before the first byte of a download: it is over then, and nobody works on it for ever', async () => {
    const id = await exporting.request();
    await askAndLeave(id);
    expect(await exporting.until(id, 'cancelled')).toMatchObject({ reason: 'client-closed' });
    await waitFor('the end of the handover', async () => (await handovers(id))[0]?.outcome === 'broken');
    await exporting.marketing.stop();
  });

  it('may go away before the first byte of a file: that it was not taken is on record', async () => {
    const id = await exporting.file();
    await askAndLeave(id);
    await waitFor('the end of the handover', async () => (await handovers(id))[0]?.outcome === 'broken');
  });
});
