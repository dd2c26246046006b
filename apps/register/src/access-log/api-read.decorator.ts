import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { ApiProblems } from '#http/route-docs.js';
import { UNKNOWN_PURPOSE } from '../consents/consents.errors.js';
import { PURPOSE_MISSING } from './reading.decorator.js';

/** What the OpenAPI document says of every read of persons: the purpose it declares. */
export function ApiRead(): MethodDecorator {
  return applyDecorators(
    ApiHeader({ name: 'Lupa-Purpose', required: true, description: 'What the person is read for; logged with the read. A customer with her own token needs none.', example: 'relationship-care' }),
    ApiProblems(PURPOSE_MISSING, UNKNOWN_PURPOSE),
  );
}
