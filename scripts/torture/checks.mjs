// What must hold at rest: nothing acknowledged is lost, and nothing personal lies where it must not.
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CHANNELS, MARKER, MARKER_PREFIX } from './person.mjs';

const READ = `
  SELECT c.id, c.version, c.first_name, c.email, c.phone, c.street_address, c.birth_year, c.interests,
         c.restricted_at IS NOT NULL AS restricted, c.objected_at, c.ended_at IS NOT NULL AS ended,
         (SELECT count(*)::int FROM consent_record r WHERE r.customer_id = c.id) AS records,
         coalesce((SELECT jsonb_object_agg(k.channel, jsonb_build_object('decision', k.decision, 'at', extract(epoch FROM k.decided_at) * 1000))
                     FROM consent k WHERE k.customer_id = c.id AND k.purpose = 'marketing'), '{}') AS consents
    FROM customer c`;

/** Acknowledged writes that the register does not show: [{ id, fields }]. Every person, whatever round she came in. */
export async function findLost(register, people) {
  const { rows } = await register.query(READ);
  const stored = new Map(rows.map((row) => [row.id, row]));
  const { rows: cases } = await register.query('SELECT id FROM erasure_case WHERE answered_at IS NOT NULL');
  const closed = new Set(cases.map(({ id }) => id));
  return people.filter(({ id }) => id).flatMap((person) => {
    const row = stored.get(person.id);
    stored.delete(person.id);
    const fields = person.isErased
      ? [...(row ? ['erasure'] : []), ...(closed.has(person.caseId) ? [] : ['erasure case not closed'])]
      : row ? differences(person, row) : ['everything'];
    return fields.length > 0 ? [{ id: person.id, fields }] : [];
  }).concat([...stored.keys()].map((id) => ({ id, fields: ['created twice or by nobody'] })));
}

function differences({ state, records }, row) {
  const wanted = {
    version: state.version, first_name: state.firstName, email: state.email, phone: state.phone, street_address: state.street,
    birth_year: state.birthYear, interests: state.interests, restricted: state.restricted, ended: state.ended, records,
    objected_at: state.objectedAt === 0 ? null : new Date(state.objectedAt),
    ...Object.fromEntries(CHANNELS.map((channel) => [channel, state.consents[channel]])),
  };
  const found = { ...row, ...Object.fromEntries(CHANNELS.map((channel) => [channel, row.consents[channel]])) };
  return Object.keys(wanted).filter((field) => canonical(wanted[field]) !== canonical(found[field]));
}

const canonical = (value) => JSON.stringify(value?.decision ? [value.decision, Math.round(value.at)] : value ?? null);

/** Markers of erased people in live tables: [{ where, count }]. */
export async function findInTables(client, name, erased) {
  const { rows: tables } = await client.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`);
  const hex = Buffer.from(MARKER_PREFIX).toString('hex');
  const found = [];
  for (const { tablename } of tables) {
    const { rows } = await client.query(`SELECT t::text AS text FROM "${tablename}" AS t WHERE t::text LIKE '%${MARKER_PREFIX}%' OR t::text LIKE '%${hex}%'`);
    const hits = rows.filter(({ text }) => (text.match(MARKER) ?? []).some((marker) => erased.has(marker)) || text.includes(hex));
    if (hits.length > 0) found.push({ where: `${name}.${tablename}`, count: hits.length });
  }
  return found;
}

/** Any marker at all in files: logs and the broker's disk never hold anybody. [{ where, count }] */
export async function findInFiles(folders) {
  const found = [];
  for (const folder of folders) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries.filter((one) => one.isFile())) {
      const file = join(entry.parentPath ?? entry.path, entry.name);
      if (await holds(file)) found.push({ where: file, count: 1 });
    }
  }
  return found;
}

async function holds(file) {
  const needle = Buffer.from(MARKER_PREFIX);
  let tail = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(file)) {
      const window = Buffer.concat([tail, chunk]);
      if (window.includes(needle)) return true;
      tail = window.subarray(-needle.length);
    }
  } catch (error) {
    if (error.code !== 'ENOENT') throw error; // rotated away meanwhile
  }
  return false;
}

/** Any marker in messages that wait in a queue. */
export async function findInQueues(stage) {
  const queues = (await stage.management('GET', '/queues/%2F')) ?? [];
  const found = [];
  for (const { name } of queues) {
    const messages = (await stage.management('POST', `/queues/%2F/${name}/get`, { count: 1000, ackmode: 'ack_requeue_true', encoding: 'auto' })) ?? [];
    const hits = messages.filter(({ payload }) => payload.includes(MARKER_PREFIX));
    if (hits.length > 0) found.push({ where: `queue ${name}`, count: hits.length });
  }
  return found;
}
