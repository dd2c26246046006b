import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { catchError, type Observable, throwError } from 'rxjs';
import { Failure } from '#http/failure.js';
import { DATABASE_AWAY } from '#http/http.errors.js';
import { isAway } from './database-errors.js';

/** Turns "the database is away" into a problem a caller can act on; a write can be repeated under its Idempotency-Key. */
@Injectable()
export class DatabaseAwayInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError((error: unknown) =>
      throwError(() => (isAway(error) ? new Failure(DATABASE_AWAY, { retryAfterSeconds: 5 }) : error))));
  }
}
