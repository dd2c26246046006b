import { Column, Entity, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { Customer } from './customer.entity.js';

@Entity()
export class Consent {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ManyToOne(() => Customer, (customer) => customer.consents, { onDelete: 'CASCADE' })
  customer!: Relation<Customer>;

  @Column()
  purpose!: string;

  @Column()
  channel!: string;

  @Column()
  decision!: string;

  @Column()
  decidedAt!: Date;

  @Column()
  method!: string;

  @Column()
  form!: string;

  @Column()
  sourceSystem!: string;

  @Column()
  wordingId!: string;

  @Column()
  wordingVersion!: number;
}
