import type { FastifyReply, FastifyRequest } from 'fastify';

/** The lines as CSV when that was asked for, else undefined. No cell of them can be a formula: references, codes and moments only. */
export function csvAnswer(
  request: FastifyRequest, reply: FastifyReply, name: string, { upTo, more }: { upTo: number; more: boolean }, lines: readonly (readonly string[])[],
): string | undefined {
  if (!(request.headers.accept ?? '').includes('text/csv')) return undefined;
  reply.header('content-type', 'text/csv; charset=utf-8; header=present')
    .header('content-disposition', `attachment; filename="${name}.csv"`)
    .header('lupa-up-to', String(upTo))
    .header('lupa-more', String(more));
  return [...lines.map((cells) => cells.join(',')), ''].join('\r\n');
}
