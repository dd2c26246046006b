import { applyDecorators, Catch, Controller, UseFilters, type RpcExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';

/**
 * Hands a handler's error to the transport as it is. Without it Nest's own filter logs every error that is no
 * RpcException with message and stack, which may carry personal data, and replaces it by "Internal server error".
 */
@Catch()
export class PassErrorsToTransport implements RpcExceptionFilter<unknown> {
  catch(exception: unknown): Observable<never> {
    return throwError(() => exception);
  }
}

/** A controller for `@EventPattern` and `@MessagePattern` handlers served by BatchServer. */
export function MessageController(): ClassDecorator {
  return applyDecorators(Controller(), UseFilters(PassErrorsToTransport));
}
