import { MessagePattern, Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { type NeedlesReply, NeedlesReplySchema, NeedlesRequestSchema } from '#contracts/search.v1.js';
import { runStatement } from '#database/statement.js';
import { MessageController } from '#messaging/message-controller.js';
import { UnknownRound } from './search-rounds.errors.js';
import { IS_OPEN } from './search-rounds.sql.js';
import { SoughtCases } from './sought-cases.service.js';

/** Tells marketing what to look for, in direct replies only: the broker neither buffers nor stores them. */
@MessageController()
export class NeedlesRpc {
  constructor(
    private readonly dataSource: DataSource,
    private readonly cases: SoughtCases,
  ) {}

  /** @throws UnknownRound */
  @MessagePattern('search.needles.get')
  async get(@Payload() payload: unknown): Promise<NeedlesReply> {
    const { roundId, after } = NeedlesRequestSchema.parse(payload);
    const open = await runStatement(this.dataSource, IS_OPEN, [roundId]);
    if (open.length === 0) throw new UnknownRound();
    const { cases, next } = await this.cases.page(roundId, after);
    return NeedlesReplySchema.parse({ schema: 'search.needles.v1', cases: cases.map(({ caseId, values, together }) => ({ caseId, values, together })), next });
  }
}
