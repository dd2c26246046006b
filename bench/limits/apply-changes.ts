import { randomUUID } from 'node:crypto';
import { connect } from 'amqplib';
import { withClient } from '../support/databases.js';

const BATCH = 500;
const QUEUE = 'bench.limit';

/** Changes per second that one connection can publish, persistent and confirmed, to a quorum queue: nothing else happens. */
export async function publishRate(amqpUrl: string, count: number): Promise<number> {
  const connection = await connect(amqpUrl);
  try {
    const channel = await connection.createConfirmChannel();
    await channel.assertQueue(QUEUE, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    const started = performance.now();
    for (let sent = 0; sent < count; sent += BATCH) {
      for (let i = sent; i < Math.min(sent + BATCH, count); i++) {
        const body = { schema: 'consent.changed.v1', ref: randomUUID(), epoch: 1_790_000_000, version: 1, channels: ['email'], erased: false, reason: 'consent' };
        channel.sendToQueue(QUEUE, Buffer.from(JSON.stringify(body)), { persistent: true });
      }
      await channel.waitForConfirms();
    }
    const perSecond = (count / (performance.now() - started)) * 1_000;
    await channel.deleteQueue(QUEUE);
    return perSecond;
  } finally {
    await connection.close();
  }
}

export interface ApplyRates { readonly optIns: number; readonly optOuts: number }

/** Changes per second that PostgreSQL stores in batches of 500, each a transaction, guarded by version: nothing else happens. */
export async function applyRates(databaseUrl: string, count: number): Promise<ApplyRates> {
  const people = Array.from({ length: count }, () => ({
    ref: randomUUID(), version: 1, first_name: 'Aino', last_name: 'Virtanen', email: 'asiakas@example.fi', language: 'fi', birth_year: 1987, interests: ['balloons', 'birthday'],
  }));
  return withClient(databaseUrl, async (client) => {
    await client.query(`DROP TABLE IF EXISTS limit_contact`);
    await client.query(`CREATE TABLE limit_contact (ref uuid PRIMARY KEY, version integer NOT NULL, first_name text, last_name text, email text,
      language text, birth_year smallint, interests text[])`);
    const rate = async (name: string, text: string, rows: readonly object[]) => {
      const started = performance.now();
      for (let i = 0; i < rows.length; i += BATCH) await client.query({ name, text, values: [JSON.stringify(rows.slice(i, i + BATCH))] });
      return (rows.length / (performance.now() - started)) * 1_000;
    };
    const optIns = await rate('opt-in', OPT_IN, people);
    const optOuts = await rate('opt-out', OPT_OUT, people.map(({ ref }) => ({ ref, version: 2 })));
    return { optIns, optOuts };
  });
}

const OPT_IN = `
  INSERT INTO limit_contact AS c (ref, version, first_name, last_name, email, language, birth_year, interests)
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS i(ref uuid, version integer, first_name text, last_name text, email text, language text,
    birth_year smallint, interests text[])
  ON CONFLICT (ref) DO UPDATE SET version = excluded.version, first_name = excluded.first_name, last_name = excluded.last_name,
    email = excluded.email, language = excluded.language, birth_year = excluded.birth_year, interests = excluded.interests
  WHERE c.version < excluded.version`;

/** The version stays as a tombstone, as in Lupa. */
const OPT_OUT = `
  UPDATE limit_contact c SET version = i.version, first_name = NULL, last_name = NULL, email = NULL, language = NULL, birth_year = NULL, interests = NULL
  FROM jsonb_to_recordset($1::jsonb) AS i(ref uuid, version integer) WHERE c.ref = i.ref AND c.version < i.version`;
