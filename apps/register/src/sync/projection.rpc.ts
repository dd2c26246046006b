import { MessagePattern, Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { ProjectionReplySchema, type ProjectionReply, ProjectionRequestSchema } from '#contracts/projection.v1.js';
import { MessageController } from '#messaging/message-controller.js';
import { runStatement } from '#database/statement.js';
import type { CustomerRow } from '../customers/customer.row.js';
import { READ_BY_REFS } from '../customers/customers.sql.js';
import { Suppressions } from '../suppression/suppressions.service.js';
import { projectionOf } from './projection.js';
import { READ_EPOCH } from './sync.sql.js';

/** Hands marketing what it may hold, in direct replies only: the broker neither buffers nor stores them. */
@MessageController()
export class ProjectionRpc {
  constructor(
    private readonly dataSource: DataSource,
    private readonly suppressions: Suppressions,
  ) {}

  @MessagePattern('projection.get')
  async get(@Payload() payload: unknown): Promise<ProjectionReply> {
    const { refs } = ProjectionRequestSchema.parse(payload);
    const [link] = await runStatement<{ epoch: number }>(this.dataSource, READ_EPOCH, []);
    const rows = await this.suppressions.guard(await runStatement<CustomerRow>(this.dataSource, READ_BY_REFS, [refs]));
    const known = new Set(rows.map(({ ref }) => ref));
    const projections = rows.map((row) => projectionOf(row, link?.epoch ?? 0));
    return ProjectionReplySchema.parse({ schema: 'projection.v1', projections, unknown: refs.filter((ref) => !known.has(ref)) });
  }
}
