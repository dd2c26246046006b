import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '#auth/access.js';
import { DATABASE_AWAY } from '#http/http.errors.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import { type StatementKeys as KeySet, StatementKeysSchema } from './statement-keys.schemas.js';
import { StatementKeys } from './statement-keys.service.js';

@ApiTags('statements')
@Controller()
export class StatementKeysController {
  constructor(private readonly keys: StatementKeys) {}

  @Get('.well-known/lupa-statement-keys.json')
  @Public()
  @Header('cache-control', 'public, max-age=300')
  @ApiOperation({ summary: 'Public keys of marketing’s statements (RFC 7517)', description: 'Of statements about erasures and about searches for what they left. A key is published as long as this database exists.' })
  @ApiAnswer(200, StatementKeysSchema, 'The keys, the newest first')
  @ApiProblems(DATABASE_AWAY)
  published(): Promise<KeySet> {
    return this.keys.published();
  }
}
