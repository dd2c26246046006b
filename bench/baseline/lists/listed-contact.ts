import { EntitySchema } from 'typeorm';

/** A contact as an ORM sees it. */
export interface ListedContact {
  readonly slot: number;
  readonly ref: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string | null;
  readonly language: string | null;
  readonly birthYear: number | null;
  readonly occupation: string | null;
  readonly interests: string[];
  readonly emailSince: Date | null;
}

/** The mapping for a table with marketing's columns, wherever it lies. */
export const listedContact = (schema: string): EntitySchema<ListedContact> => new EntitySchema<ListedContact>({
  name: 'Contact', tableName: 'contact', schema,
  columns: {
    slot: { type: Number, primary: true },
    ref: { type: 'uuid' },
    firstName: { name: 'first_name', type: 'text', nullable: true },
    lastName: { name: 'last_name', type: 'text', nullable: true },
    email: { type: 'text', nullable: true },
    language: { type: 'text', nullable: true },
    birthYear: { name: 'birth_year', type: 'smallint', nullable: true },
    occupation: { type: 'text', nullable: true },
    interests: { type: 'text', array: true },
    emailSince: { name: 'email_since', type: 'timestamptz', nullable: true },
  },
});
