import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { JsonLogger } from '#http/logger.js';
import { BlockReader } from './block-reader.service.js';
import type { ExportRow } from './export.row.js';
import { HandoverService } from './handover.service.js';

/** Puts the content of an export on the wire. */
@Injectable()
export class ExportContent {
  constructor(private readonly handovers: HandoverService, private readonly reader: BlockReader, private readonly logger: JsonLogger) {}

  /** @throws what `HandoverService.begin` throws, before the first byte; later the connection breaks off, so that nothing looks whole */
  async answer(id: string, takenBy: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    // Whoever only looks takes nothing: a download would be gone.
    if (request.method === 'HEAD') {
      this.describe(await this.handovers.look(id), reply);
      void reply.send();
      return;
    }
    const handover = await this.handovers.begin(id, takenBy);
    const { stream, bytes, sha256 } = handover;
    this.describe(handover.row, reply);
    if (bytes !== undefined) reply.header('content-length', bytes);
    if (sha256 !== undefined) reply.header('repr-digest', `sha-256=:${sha256.toString('base64')}:`);
    const ended = (isWhole: boolean): void => {
      handover.ended(isWhole).catch((error: unknown) => { this.logger.failure('handover-end-not-noted', error); });
    };
    // Whoever has gone away meanwhile goes away only once.
    if (reply.raw.closed) ended(false);
    else reply.raw.once('close', () => { ended(reply.raw.writableFinished && reply.statusCode === 200); });
    void reply.send(stream);
  }

  private describe(row: ExportRow, reply: FastifyReply): void {
    const { mediaType, extension } = this.reader.layoutOf(row);
    reply.type(mediaType).header('content-disposition', `attachment; filename="lupa-${row.id.slice(0, 8)}.${extension}"`);
  }
}
