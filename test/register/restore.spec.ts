import { jest } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Remembered } from '#contracts/remembered.v1.js';
import { ConsentLedger } from '#register/consents/consent-ledger.service.js';
import { ErasureLog } from '#register/erasure-log/erasure-log.service.js';
import { IMPORT_COMMANDS } from '#register/imports/imports.commands.js';
import { REGISTER_CONFIG, type RegisterConfig } from '#register/register.config.js';
import { LostChanges } from '#register/restore/lost-changes.service.js';
import { Pulse } from '#register/restore/pulse.service.js';
import { Suppressions } from '#register/suppression/suppressions.service.js';
import { decision, newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';

let register: TestRegister;
beforeAll(async () => {
  register = await startTestRegister('restore');
}, 60_000);
afterAll(() => register.stop(), 60_000);

const find = <Service>(service: { readonly prototype: Service }): Service => register.app.get<Service>(service as Type<Service>, { strict: false });

interface Known { readonly id: string; readonly ref: string; readonly version: number; readonly epoch: number }

describe('what a restored register takes from others', () => {
  const create = async (): Promise<Known> => {
    const { body } = await register.call('POST', '/v1/customers', { body: newCustomer({
      contact: { firstName: 'Aino', lastName: 'Virtanen', email: `${randomUUID()}@example.fi`, phone: '+358401234567' },
      consents: (['email', 'sms'] as const).map((channel) => ({ purpose: 'marketing', channel, ...decision() })),
    }) });
    const [row] = await register.database.query<[Known]>('SELECT id, ref, version::float8 AS version, epoch::float8 AS epoch FROM customer, link_state WHERE id = $1', [body['id']]);
    return row;
  };
  const inForce = async (id: string): Promise<string[]> =>
    (await register.database.query<{ channel: string }[]>(`SELECT channel FROM consent WHERE customer_id = $1 AND decision = 'granted' ORDER BY 1`, [id])).map(({ channel }) => channel);
  const line = ({ ref, epoch, version }: Known, later: number, ...channels: Remembered['channels']): Remembered => ({ schema: 'remembered.v1', ref, epoch, version: version + later, channels, erased: false });
  const takeIn = (...lines: Remembered[]) => new LostChanges(register.database, find(Suppressions), find(ConsentLedger)).takeIn(lines, new Date());

  it('of several lines about one person the newest counts, whichever comes last', async () => {
    const her = await create();
    expect(await takeIn(line(her, 2, 'email'), line(her, 1, 'email', 'sms'))).toMatchObject({ behind: 1, withdrawn: 1 });
    expect(await inForce(her.id)).toEqual(['email']);
  });

  it('of lines that are equally new what all say is in force', async () => {
    const her = await create();
    await takeIn(line(her, 1, 'email'), line(her, 1, 'sms', 'email'));
    expect(await inForce(her.id)).toEqual(['email']);
  });
});

describe('a register whose database is put back while it runs', () => {
  it('ends, and is told why at the next start; else it beats on', async () => {
    const exit = jest.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
    try {
      await find(Pulse).beat();
      await find(Pulse).beat();
      expect(exit).not.toHaveBeenCalled();
      await register.database.query('UPDATE pulse SET count = count - 1');
      await find(Pulse).beat();
      expect(exit).toHaveBeenCalledWith(1);
      expect(register.log.join('')).toContain('database-went-back-in-time');
    } finally {
      exit.mockRestore();
      await register.database.query('UPDATE pulse SET count = count + 10');
    }
  });
});

it('lets no import into a database whose restore is unfinished, or that was put back by hand', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lupa-import-'));
  const file = join(folder, 'people.csv');
  writeFileSync(file, `contact.email,source.kind\n${randomUUID()}@example.fi,staff\n`);
  const told = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  const importing = () => IMPORT_COMMANDS['customers:import'].run(register.database, register.app.get<RegisterConfig>(REGISTER_CONFIG, { strict: false }), ['--file', file]);
  const people = () => register.database.query<object[]>('SELECT id FROM customer ORDER BY id');
  try {
    const before = await people();
    await register.database.query('CREATE TABLE restore_unfinished ()');
    await expect(importing()).rejects.toThrow('was not brought to its end');
    await register.database.query('DROP TABLE restore_unfinished');
    const [{ count } = { count: 0 }] = await register.database.query<{ count: number }[]>('SELECT count::float8 AS count FROM pulse');
    await find(ErasureLog).notePulse(count + 1_000);
    await expect(importing()).rejects.toThrow('This database is older than the register');
    expect(await people()).toEqual(before);
    await register.database.query('UPDATE pulse SET count = $1', [count + 1_001]);
    await importing();
    expect(await people()).toHaveLength(before.length + 1);
  } finally {
    told.mockRestore();
    rmSync(folder, { recursive: true });
  }
});
