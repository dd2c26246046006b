import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { catchError, type Observable, throwError } from 'rxjs';
import { defineFailure, Failure } from '#http/failure.js';
import { isAway } from './database-errors.js';

export const DATABASE_AWAY = defineFailure({
  kind: 'unavailable', code: 'database-away', title: 'The database cannot be reached at this moment. Repeat the request later, a write under the same Idempotency-Key.',
});

/** Turns "the database is away" into a problem a caller can act on; a write can be repeated under its Idempotency-Key. */
@Injectable()
export class DatabaseAwayInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError((error: unknown) =>
      throwError(() => (isAway(error) ? new Failure(DATABASE_AWAY, { retryAfterSeconds: 5 }) : error))));
  }
}
