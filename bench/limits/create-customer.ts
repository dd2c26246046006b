import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../support/child.js';
import { connectionVariables } from '../support/databases.js';
import { CREATE_ONE_CUSTOMER } from './create-customer.sql.js';

const CLIENTS = 16;
const FIXED_DECISION = JSON.stringify([{
  purpose: 'marketing', channel: 'email', decision: 'granted', decided_at: '2026-01-15T10:00:00.000Z', wording_id: 'newsletter', wording_version: 1,
  wording_language: 'fi', wording_sha256: '0'.repeat(64), method: 'web-form', form: '/newsletter', source_system: 'web-shop', actor: 'bench-program',
}]);
const ORIGIN = { source: 'customer', actor: 'bench-program', at: '2026-01-15T10:00:00.000Z' };
const FIELDS = ['contact.firstName', 'contact.lastName', 'contact.email', 'contact.phone', 'contact.language', 'contact.address', 'demographics.birthYear', 'interests'];
const ANSWER = {
  status: 201, body: { id: '01940000-0000-7000-8000-000000000001', version: 1 }, etag: '"1"', location: '/v1/customers/01940000-0000-7000-8000-000000000001',
};

/** Parameters that are the same for everybody: bound, as the register binds them. */
const VARIABLES: Readonly<Record<string, string>> = {
  answer: JSON.stringify(ANSWER),
  provenance: JSON.stringify(Object.fromEntries(FIELDS.map((field) => [field, ORIGIN]))),
  decisions: FIXED_DECISION,
};

const MILLISECONDS = `lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0')`;

/**
 * What pgbench puts in the place of each parameter of the statement. What differs from person to person comes from
 * a random number `k`; pgbench can make no byte strings or UUIDs itself, so the server does, which costs it next to nothing.
 */
const PARAMETERS: readonly string[] = [
  ':k::bigint',
  'sha256(int8send(:k::bigint))',
  'sha256(int8send(-:k::bigint))',
  ':answer',
  // UUID version 7, ascending as the register makes them: the primary key grows at its right edge.
  `(${MILLISECONDS} || '7' || substr(md5(:k::text), 1, 3) || '8' || substr(md5(:k::text), 4, 15))::uuid`,
  'gen_random_uuid()',
  'true',
  `'Aino'`, `'Virtanen'`, `'asiakas.' || :k::text || '@example.fi'`, `sha256(int8send(:k::bigint # 1))`, `'+35845' || (:k::bigint % 9000000)::text`, `sha256(int8send(:k::bigint # 2))`,
  `'Moukarinkuja 4 C 1'`, `'04300'`, `'Tuusula'`, `'FI'`, `'fi'`, '1987', 'NULL', `'{balloons,birthday}'`,
  ':provenance',
  ':decisions',
];

/** The statement as a pgbench script. */
function createCustomerScript(): string {
  const statement = CREATE_ONE_CUSTOMER.replace(/\$(\d+)/g, (_, n: string) => PARAMETERS[Number(n) - 1] ?? '').replace(/\s+/g, ' ').trim();
  return `\\set k random(1, 9000000000000000000)\n${statement};\n`;
}

/** Runs the statement from pgbench's clients, prepared. */
export async function createCustomersByPgbench(pgbench: string, databaseUrl: string, seconds: number): Promise<{ perSecond: number; count: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'lupa-bench-'));
  try {
    const script = join(folder, 'create-customer.sql');
    await writeFile(script, createCustomerScript());
    const variables = Object.entries(VARIABLES).flatMap(([name, value]) => ['-D', `${name}=${value}`]);
    const printed = await run(pgbench, ['-n', '-M', 'prepared', '-c', String(CLIENTS), '-j', '1', '-T', String(seconds), '-f', script, ...variables], connectionVariables(databaseUrl));
    const rate = /tps = ([\d.]+)/.exec(printed);
    const count = /actually processed: (\d+)/.exec(printed);
    if (!rate || !count || !/number of failed transactions: 0 /.test(printed)) throw new Error(`pgbench: ${printed}`);
    return { perSecond: Number(rate[1]), count: Number(count[1]) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
