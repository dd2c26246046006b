import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificate, CertificateKeys } from '#register/certificates/certificate.schemas.js';
import { newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';
import { waitFor } from '#test/support/wait-for.js';
import { FakeMarketing } from './fake-marketing.js';

export interface Person {
  readonly id: string;
  readonly ref: string;
  readonly email: string;
  readonly phone: string;
  readonly lastName: string;
  readonly street: string;
}

/** What is written down of a case. */
interface CaseRow {
  readonly findings: { readonly found: object[]; readonly unsearched: object[] } | null;
  readonly searches: number;
  readonly sealed: boolean;
  readonly closed: boolean;
}

/** A register that searches often, directories that it searches, and a marketing that answers. */
export class SearchScene {
  readonly folder = mkdtempSync(join(tmpdir(), 'lupa-search-rounds-'));
  readonly logs = join(this.folder, 'logs');
  readonly broker = join(this.folder, 'broker');
  register!: TestRegister;
  marketing!: FakeMarketing;
  private count = 0;

  async start(): Promise<void> {
    await Promise.all([mkdir(this.logs), mkdir(this.broker)]);
    this.register = await startTestRegister('search-rounds', {
      SEARCH_PAUSE_MS: '50', SEARCH_ANSWER_SECONDS: '1', BACKUP_RETENTION_DAYS: '14', REGISTER_SEARCH_DIRECTORIES: JSON.stringify({ logs: this.logs, broker: this.broker }),
    });
    this.marketing = new FakeMarketing(this.register.vhost.url);
  }

  async stop(): Promise<void> {
    await this.marketing.close();
    await this.register.stop();
    rmSync(this.folder, { recursive: true });
  }

  /** Somebody with everything that can be looked for, unlike anybody else unless told. */
  async person(over: Partial<Pick<Person, 'lastName' | 'street' | 'phone'> & { firstName: string }> = {}): Promise<Person> {
    this.count += 1;
    const { firstName, lastName, street, phone } = { firstName: 'Aino', lastName: `Virtanen${String(this.count)}`, street: `Mäkitie ${String(this.count)}`, phone: `+35840123${String(4_000 + this.count)}`, ...over };
    const email = `${randomUUID()}@example.fi`;
    const contact = { firstName, lastName, email, phone, address: { street, postalCode: '04300', city: 'Tuusula' } };
    const id = String((await this.register.call('POST', '/v1/customers', { body: newCustomer({ contact }) })).body['id']);
    const [row] = await this.register.database.query<{ ref: string }[]>('SELECT ref FROM customer WHERE id = $1', [id]);
    return { id, ref: row!.ref, email, phone, lastName, street };
  }

  /** Erases her; resolves to the case. */
  async erased({ id }: Person): Promise<string> {
    const { status, body } = await this.register.call('DELETE', `/v1/customers/${id}`);
    if (status !== 202) throw new Error(`not erased: ${String(body['type'])}`);
    return String(body['caseId']);
  }

  async get(path: string): Promise<Response> {
    return fetch(this.register.url + path, { headers: { authorization: `Bearer ${await this.register.token({})}` } });
  }

  /** Waits for the certificate. */
  async certificate(caseId: string): Promise<{ file: string; content: Certificate }> {
    const file = await waitFor('the certificate', async () => {
      const response = await this.get(certificatePath(caseId));
      const text = await response.text();
      return response.status === 200 ? text : undefined;
    });
    return { file, content: (JSON.parse(file) as { certificate: Certificate }).certificate };
  }

  async row(caseId: string): Promise<CaseRow> {
    const [row] = await this.register.database.query<CaseRow[]>(
      'SELECT findings, searches, sealed_values IS NOT NULL AS sealed, closed_at IS NOT NULL AS closed FROM erasure_case WHERE id = $1', [caseId]);
    return row!;
  }

  /** Waits until something has kept the case open. */
  kept(caseId: string): Promise<CaseRow> {
    return waitFor('findings', async () => {
      const row = await this.row(caseId);
      return row.findings ? row : undefined;
    });
  }

  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.register.url}/metrics`)).text();
    return Number(new RegExp(`^${name}\\{.*\\} (\\d+)$`, 'm').exec(text)?.[1]);
  }

  async publicKeys(): Promise<CertificateKeys> {
    return (await (await fetch(`${this.register.url}/.well-known/lupa-certificate-keys.json`)).json()) as CertificateKeys;
  }
}

export const certificatePath = (caseId: string): string => `/v1/erasures/${caseId}/certificate`;
