import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LupaClient } from './lupa.js';

interface ExportState {
  readonly id: string;
  readonly state: string;
  readonly reason?: string;
  readonly progress: { readonly rows: number };
  readonly bytes: number | null;
}

/** One export of everybody who may be written to by email, from asking for it to the last byte. */
export interface Exported { readonly seconds: number; readonly rows: number; readonly bytes: number }

/** Streamed while it is taken: from the request for the content to its last byte. @throws Error when it is not whole */
export async function download(client: LupaClient): Promise<Exported> {
  const { id } = await ask(client, 'download');
  return taken(client, id);
}

/** Made in the background, then taken: the time of each. */
export async function file(client: LupaClient): Promise<{ made: Exported; taken: Exported }> {
  const started = performance.now();
  const { id } = await ask(client, 'file');
  let now = await read(client, id);
  for (; now.state === 'waiting' || now.state === 'running'; now = await read(client, id)) await sleep(20);
  if (now.state !== 'ready') throw new Error(`the export ended as ${now.state}: ${now.reason ?? 'no reason'}`);
  const made = { seconds: (performance.now() - started) / 1_000, rows: now.progress.rows, bytes: now.bytes ?? 0 };
  return { made, taken: await taken(client, id) };
}

const ask = (client: LupaClient, delivery: 'download' | 'file'): Promise<ExportState> =>
  client.call('POST', `${client.marketing}/v1/exports`, { recipient: 'mailchimp', purpose: 'marketing', channel: 'email', preset: 'csv', delivery });

const read = (client: LupaClient, id: string): Promise<ExportState> => client.call('GET', `${client.marketing}/v1/exports/${id}`);

async function taken(client: LupaClient, id: string): Promise<Exported> {
  const started = performance.now();
  const bytes = await drained(`${client.marketing}/v1/exports/${id}/content`, client.token);
  const seconds = (performance.now() - started) / 1_000;
  const now = await read(client, id);
  if (now.bytes !== bytes) throw new Error(`${bytes} bytes came of ${now.bytes ?? 'none'}; the export is ${now.state}`);
  return { seconds, rows: now.progress.rows, bytes };
}

/** Bytes of the body, which nobody looks at. @throws Error when it is refused or ends early */
function drained(url: string, token: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { authorization: `Bearer ${token}` } }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => { bytes += chunk.length; });
      answer.once('error', () => { reject(new Error(`the content broke off after ${bytes} bytes`)); });
      answer.once('end', () => {
        if (answer.statusCode === 200) resolve(bytes);
        else reject(new Error(`the content was refused: ${answer.statusCode}`));
      });
    }).once('error', reject);
  });
}
