import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ErasureGround } from './erasure.schemas.js';

/** An erasure under way or closed. Holds the reference, which leads to nobody once the customer's row is gone. */
@Entity('erasure_case')
export class ErasureCaseEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') ground!: ErasureGround;
  @Column('timestamptz', { name: 'requested_at' }) requestedAt!: Date;
  @Column('integer', { name: 'rows_deleted' }) rowsDeleted!: number;
  @Column('timestamptz', { name: 'answered_at', nullable: true }) answeredAt!: Date | null;
  @Column('text', { nullable: true }) statement!: string | null;
}
