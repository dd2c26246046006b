import { Column, CreateDateColumn, Entity, OneToMany, PrimaryGeneratedColumn, type Relation, UpdateDateColumn } from 'typeorm';
import { Consent } from './consent.entity.js';

@Entity()
export class Customer {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column()
  firstName!: string;

  @Column()
  lastName!: string;

  @Column({ unique: true })
  email!: string;

  @Column()
  phone!: string;

  @Column()
  language!: string;

  @Column()
  street!: string;

  @Column()
  postalCode!: string;

  @Column()
  city!: string;

  @Column()
  country!: string;

  @Column()
  birthYear!: number;

  @Column('text', { array: true })
  interests!: string[];

  @OneToMany(() => Consent, (consent) => consent.customer, { cascade: true })
  consents!: Relation<Consent>[];

  @CreateDateColumn()
  createdAt!: Date;

  @UpdateDateColumn()
  updatedAt!: Date;
}
