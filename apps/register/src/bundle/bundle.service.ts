import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { runInTransaction } from '#database/statement.js';
import { Failure } from '#http/failure.js';
import type { Reading } from '../access-log/access-log.js';
import type { LoggedReader } from '../access-log/reader-shown.js';
import { Reader } from '../access-log/reader.service.js';
import { CUSTOMER_NOT_FOUND } from '../customers/customer.errors.js';
import type { CustomerRow } from '../customers/customer.row.js';
import { READ_CUSTOMER } from '../customers/customers.sql.js';
import { Recipients } from '../disclosures/recipients.service.js';
import type { TableAnnotation } from '../personal-data/annotation.js';
import { PERSONAL_DATA, PERSONAL_TABLES } from '../personal-data/tables.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { FormerValues } from '../suppression/former-values.service.js';
import { Suppressions } from '../suppression/suppressions.service.js';
import { bundleArchive } from './bundle.archive.js';
import { aboutBundle } from './bundle-content.js';
import { type Bundle, type BundleRow, BundleSchema } from './bundle.schemas.js';
import { READ_ACTORS, READ_EVERYTHING, READ_WORDINGS } from './bundle.sql.js';
import { type HeldByMarketing, MarketingClient } from './marketing-client.service.js';
import { actorShown, actorsNamed, type Tellers, toldRow } from './told-row.js';

/** Everything held on a person (GDPR Art. 15, 20): in the register, and, by marketing's own word, in marketing. */
@Injectable()
export class BundleService {
  constructor(
    private readonly reader: Reader,
    private readonly marketing: MarketingClient,
    private readonly suppressions: Suppressions,
    private readonly formerValues: FormerValues,
    private readonly recipients: Recipients,
    @Inject(REGISTER_CONFIG) private readonly config: RegisterConfig,
  ) {}

  /**
   * Marketing is asked outside of any transaction: while it is away, nothing of the register is held up. Who is erased meanwhile is
   * not found, and what marketing said is forgotten.
   * @throws Failure `customer-not-found`, `marketing-away`
   */
  private async make(id: string, reading: Reading): Promise<Bundle> {
    const ref = await this.reader.read(reading, async (manager) => ({ result: (await this.customer(manager, id)).ref, shown: [] }));
    const held = await this.marketing.held(ref);
    return this.reader.read(reading, async (manager) => {
      const customer = await this.customer(manager, id);
      return { result: await this.collect(manager, customer, held), shown: [{ id: customer.id, fields: ['bundle'] }] };
    });
  }

  /** The same as one zip, with the moment it was made. @throws Failure as `make` does */
  async archive(id: string, reading: Reading): Promise<{ file: Buffer; madeAt: string }> {
    const bundle = await this.make(id, reading);
    return { file: bundleArchive(bundle, this.config.profile), madeAt: bundle.madeAt };
  }

  private async collect(manager: EntityManager, customer: CustomerRow, held: HeldByMarketing): Promise<Bundle> {
    const former = (await this.suppressions.former(manager, [customer])).get(customer.id);
    const digests = this.suppressions.closingsOf(customer, former).filter(({ isHandedOn }) => !isHandedOn).map(({ digest }) => digest);
    const [found] = await runInTransaction<Record<string, BundleRow[]>>(manager, READ_EVERYTHING, [customer.id, digests]);
    if (!found) throw new Error('a statement without a table answers one row');
    const tables = PERSONAL_TABLES.map((key): TableAnnotation => PERSONAL_DATA[key]);
    const names = tables.flatMap((table) => (found[table.name] ?? []).flatMap((row) => actorsNamed(table, row)));
    const tellers = await this.tellers(manager, customer.id, [...names, ...held.reads.map(({ actor }) => actor)]);
    const register = Object.fromEntries(tables.map((table) => {
      const rows = (found[table.name] ?? []).map((row) => toldRow(table, row, tellers));
      return [table.name, table.tie === 'customer' ? rows[0] : rows];
    }));
    return BundleSchema.parse({
      $schema: './data.schema.json', format: 'lupa-bundle-1', madeAt: new Date().toISOString(), ...aboutBundle(this.config.profile), register,
      wordings: await runInTransaction(manager, READ_WORDINGS, [customer.id]),
      marketing: { ...held, reads: held.reads.map((read) => ({ ...read, actor: actorShown(read.actor, tellers) })) },
    }) as Bundle;
  }

  private async tellers(manager: EntityManager, customerId: string, names: readonly string[]): Promise<Tellers> {
    const rows = await runInTransaction<LoggedReader>(manager, READ_ACTORS, [[...new Set(names)]]);
    // Where a program and an employee have the same name, it is taken for the employee's.
    const actors = new Map(rows.map((row) => [row.name, row]));
    return { customerId, actors, recipient: (id) => this.recipients.view(id), opened: (sealed) => this.formerValues.opened(customerId, sealed) };
  }

  private async customer(manager: EntityManager, id: string): Promise<CustomerRow> {
    const [row] = await runInTransaction<CustomerRow>(manager, READ_CUSTOMER, [id]);
    if (!row) throw new Failure(CUSTOMER_NOT_FOUND);
    return row;
  }
}
