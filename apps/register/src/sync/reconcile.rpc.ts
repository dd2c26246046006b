import { Inject } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { projectionDigest } from '#contracts/projection.v1.js';
import {
  bucketDigest, type BucketEntry, type BucketReply, BucketRequestSchema, type DigestReply, DigestRequestSchema, linkKeyCheck,
} from '#contracts/reconcile.v1.js';
import { MessageController } from '#messaging/message-controller.js';
import { runStatement } from '#database/statement.js';
import type { CustomerRow } from '../customers/customer.row.js';
import { READ_BUCKET } from '../customers/customers.sql.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { Suppressions } from '../suppression/suppressions.service.js';
import { projectionOf } from './projection.js';
import { READ_EPOCH } from './sync.sql.js';

/** The register's side of reconciliation: digests of who is opted in, bucket by bucket, no personal data. */
@MessageController()
export class ReconcileRpc {
  constructor(
    private readonly dataSource: DataSource,
    private readonly suppressions: Suppressions,
    @Inject(REGISTER_CONFIG) private readonly config: RegisterConfig,
  ) {}

  @MessagePattern('digest.get')
  async digests(@Payload() payload: unknown): Promise<DigestReply> {
    const { buckets } = DigestRequestSchema.parse(payload);
    const epoch = await this.epoch();
    const digests = [];
    for (const bucket of buckets) digests.push({ bucket, digest: bucketDigest(await this.entries(bucket, epoch)) });
    return { schema: 'digest.v1', epoch, digests, keyCheck: linkKeyCheck(this.config.linkDigestKey) };
  }

  @MessagePattern('bucket.get')
  async bucket(@Payload() payload: unknown): Promise<BucketReply> {
    const { bucket } = BucketRequestSchema.parse(payload);
    return { schema: 'bucket.v1', entries: await this.entries(bucket, await this.epoch()) };
  }

  private async epoch(): Promise<number> {
    const [link] = await runStatement<{ epoch: number }>(this.dataSource, READ_EPOCH, []);
    return link?.epoch ?? 0;
  }

  private async entries(bucket: number, epoch: number): Promise<BucketEntry[]> {
    const prefix = bucket.toString(16).padStart(2, '0');
    const range = [`${prefix}000000-0000-0000-0000-000000000000`, `${prefix}ffffff-ffff-ffff-ffff-ffffffffffff`];
    const rows = await this.suppressions.guard(await runStatement<CustomerRow>(this.dataSource, READ_BUCKET, range));
    return rows
      .map((row) => projectionOf(row, epoch))
      .filter((projection) => projection.grants.length > 0)
      .map((p) => ({ ref: p.ref, epoch: p.epoch, version: p.version, digest: projectionDigest(this.config.linkDigestKey, p) }));
  }
}
