import { jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DataSource } from 'typeorm';
import { registerDataSource } from '#register/database/data-source.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

jest.setTimeout(60_000);

const CLI = fileURLToPath(import.meta.resolve('#register/cli.js'));
const SOUGHT = JSON.stringify({ caseId: 'case-1', values: [{ kind: 'email', text: 'aino.virtanen@example.fi' }] });

describe('leftovers:search', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let logs: string;
  beforeAll(async () => {
    database = await createTestDatabase('leftovers', registerDataSource);
    dataSource = await registerDataSource(database.url, 1).initialize();
    logs = mkdtempSync(join(tmpdir(), 'lupa-leftovers-'));
  });
  afterAll(async () => {
    rmSync(logs, { recursive: true });
    await dataSource.destroy();
    await database.drop();
  });

  function search(input: string, ...args: string[]): Promise<{ code: number | null; out: string }> {
    const key = (): string => randomBytes(32).toString('base64');
    const env = { ...process.env, REGISTER_DATABASE_URL: database.url, REGISTER_ERASURE_LOG_URL: database.url, LINK_DIGEST_KEY: key(), REGISTER_INDEX_KEY: key(), REGISTER_KEY_ENCRYPTION_KEY: key() };
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [CLI, 'leftovers:search', ...args], { env });
      let out = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { out += chunk.toString(); });
      child.on('error', reject);
      child.on('close', (code) => { resolve({ code, out }); });
      child.stdin.end(input);
    });
  }

  it('ends well where nothing is, and says where something is, and never what', async () => {
    expect(await search(`${SOUGHT}\n`, '--directory', `logs=${logs}`)).toMatchObject({ code: 0, out: expect.stringMatching(/^1 case\(s\) looked for in \d+ tables and 0 files, \d+ bytes\n$/) });
    writeFileSync(join(logs, 'service.log'), 'to aino.virtanen@example.fi\n');
    await dataSource.query(`CREATE TABLE leftover AS SELECT 'aino.virtanen@example.fi' AS email`);
    const { code, out } = await search(`${SOUGHT}\n`, '--directory', `logs=${logs}`);
    expect(code).toBe(1);
    expect(out).toContain('found case-1 in register: public.leftover, 1 time(s)\nfound case-1 in logs: service.log, 1 time(s)\n');
    expect(out).not.toContain('virtanen');
  });

  it.each(['{"caseId":"x","values":[{"kind":"email","text":"aino.virtanen@example.fi","more":1}]}', '{"aino.virtanen@example.fi"'])('refuses %s without repeating it', async (line) => {
    const { code, out } = await search(line);
    expect({ code, out }).toEqual({ code: 1, out: expect.stringMatching(/^Line 1 is not what is looked for/) });
    expect(out).not.toContain('virtanen');
  });

  it('wants a name and a path of a directory', async () => {
    expect(await search(SOUGHT, '--directory', '/var/log')).toEqual({ code: 1, out: '--directory takes NAME=PATH\n' });
  });
});
