import type { CustomerFields } from '../customers/customer-fields.js';

/** A person by what the statement recognises her by: see IMPORT_CUSTOMERS. Indexes in hexadecimal. */
export type Recognisable = Pick<CustomerFields, 'first_name' | 'last_name'> & { readonly email_index: string | null; readonly phone_index: string | null };

/** Who has come in this file already: rows that are under way together do not see each other in the database. */
export class SeenPersons {
  private readonly emails = new Set<string>();
  private readonly phones = new Set<string>();
  private readonly named = new Set<string>();

  /** Whether she has come before; remembers her. */
  isTwice({ email_index, phone_index, first_name, last_name }: Recognisable): boolean {
    const email = email_index && short(email_index);
    const phone = phone_index && short(phone_index);
    const named = phone && `${phone}${first_name?.toLowerCase() ?? ''}\n${last_name?.toLowerCase() ?? ''}`;
    const isTwice = (email !== null && this.emails.has(email)) || (phone !== null && email === null && this.phones.has(phone)) || (named !== null && this.named.has(named));
    if (email) this.emails.add(email);
    if (phone) this.phones.add(phone);
    if (named) this.named.add(named);
    return isTwice;
  }
}

/** 128 bits of a digest as a string of its own: a slice would keep the whole alive, of each of a million. */
function short(digest: string): string {
  return Buffer.from(digest.slice(-32), 'hex').toString('latin1');
}
