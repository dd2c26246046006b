import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { DataSource, IsNull, MoreThan, Not } from 'typeorm';
import { type ListedContact, listedContact } from './listed-contact.js';

const PAGE = 1_000;

/** Marketing's database through TypeORM; `schema` holds the table `contact`. */
export async function openLists(url: string, schema: string): Promise<DataSource> {
  return new DataSource({ type: 'postgres', url, entities: [listedContact(schema)] }).initialize();
}

/** How many meet a condition, as QueryBuilder counts them. */
export function countByOrm(lists: DataSource, where: string, values: Readonly<Record<string, unknown>>): Promise<number> {
  return lists.getRepository<ListedContact>('Contact').createQueryBuilder('contact').where(where, values).getCount();
}

/** The first hundred of them, as entities. */
export function firstPageByOrm(lists: DataSource, where: string, values: Readonly<Record<string, unknown>>): Promise<ListedContact[]> {
  return lists.getRepository<ListedContact>('Contact').createQueryBuilder('contact').where(where, values).orderBy('contact.slot').take(100).getMany();
}

/**
 * Everybody who may be written to, page by page, row by row, as CSV to nowhere. Each page begins behind the last one's end: with
 * `skip`, as the documentation has it, every page would read all those before it again.
 */
export async function exportByOrm(lists: DataSource): Promise<number> {
  const file = createWriteStream('/dev/null');
  const contacts = lists.getRepository<ListedContact>('Contact');
  let rows = 0;
  for (let last = -1; ;) {
    const page = await contacts.find({ where: { slot: MoreThan(last), emailSince: Not(IsNull()) }, order: { slot: 'ASC' }, take: PAGE });
    for (const contact of page) {
      if (!file.write(`${lineOf(contact)}\r\n`)) await once(file, 'drain');
      rows += 1;
    }
    const end = page.at(-1);
    if (end === undefined || page.length < PAGE) break;
    last = end.slot;
  }
  file.end();
  await once(file, 'finish');
  return rows;
}

function lineOf(contact: ListedContact): string {
  const { ref, email, firstName, lastName, language, birthYear, occupation, interests, emailSince } = contact;
  return [ref, email, firstName, lastName, language, birthYear, occupation, interests.join(';'), emailSince?.toISOString()].map(quoted).join(',');
}

function quoted(value: string | number | null | undefined): string {
  const text = value === null || value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
