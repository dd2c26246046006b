import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';
import type { WriteAnswer } from './write-request.js';

/** Turns a WriteAnswer into status, ETag, Location and body. */
@Injectable()
export class WriteAnswerInterceptor implements NestInterceptor<WriteAnswer, WriteAnswer['body']> {
  intercept(context: ExecutionContext, next: CallHandler<WriteAnswer>): Observable<WriteAnswer['body']> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(map((answer) => {
      void reply.status(answer.status);
      if (answer.etag) void reply.header('etag', answer.etag);
      if (answer.location) void reply.header('location', answer.location);
      return answer.body;
    }));
  }
}
