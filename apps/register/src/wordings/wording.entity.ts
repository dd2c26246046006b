import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** The exact text people saw when they decided (GDPR Art. 7(1)). Append-only by trigger. */
@Entity('wording')
export class WordingEntity {
  @PrimaryColumn('text') id!: string;
  @PrimaryColumn('integer') version!: number;
  @PrimaryColumn('text') language!: string;
  @Column('text') purpose!: string;
  @Column('text') text!: string;
  @Column('text') sha256!: string;
  @Column('text', { name: 'created_by' }) createdBy!: string;
  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' }) createdAt!: Date;
}
