import { Body, Controller, Get, Header, Headers, HttpCode, Ip, Param, Post } from '@nestjs/common';
import { ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Public, Scopes } from '#auth/access.js';
import { AcceptsForm } from '#http/body-parsers.js';
import { ApiAnswer, ApiProblems } from '#http/route-docs.js';
import { LOGIN_FAILED, OAUTH_FAILURES, TOO_MANY_LOGINS } from './access.errors.js';
import {
  type KeySet, KeySetSchema, type StaffTokenRequest, StaffTokenRequestSchema, type TokenAnswer, TokenAnswerSchema, type TokenRequest, TokenRequestSchema,
} from './access.schemas.js';
import { CustomerTokenService } from './customer-token.service.js';
import { CUSTOMER_NOT_FOUND } from '../customers/customer.errors.js';
import { TOKEN_LIFE_SECONDS } from './key-ring.js';
import { KeyRing } from './key-ring.service.js';
import { LoginService } from './login.service.js';
import { TokenService } from './token.service.js';

/** Where callers get their tokens, and where others get the keys to check them. */
@ApiTags('access')
@Controller()
export class TokenController {
  constructor(
    private readonly login: LoginService,
    private readonly tokens: TokenService,
    private readonly customers: CustomerTokenService,
    private readonly keyRing: KeyRing,
  ) {}

  @Post('v1/token')
  @HttpCode(200)
  @Public()
  @AcceptsForm()
  @ApiOperation({ summary: 'Get a token for a program', description: 'OAuth 2.0 client credentials (RFC 6749 § 4.4); the client authenticates by Basic or in the body.' })
  @ApiConsumes('application/x-www-form-urlencoded', 'application/json')
  @ApiAnswer(200, TokenAnswerSchema, 'The token')
  @ApiProblems(...Object.values(OAUTH_FAILURES))
  async program(@Body({ schema: TokenRequestSchema }) request: TokenRequest, @Headers('authorization') authorization: string | undefined): Promise<TokenAnswer> {
    return this.tokens.issue(await this.login.program(request, authorization), TOKEN_LIFE_SECONDS);
  }

  @Post('v1/staff/token')
  @HttpCode(200)
  @Public()
  @ApiOperation({ summary: 'Log in as staff' })
  @ApiAnswer(200, TokenAnswerSchema, 'The token')
  @ApiProblems(LOGIN_FAILED, TOO_MANY_LOGINS)
  async staff(@Body({ schema: StaffTokenRequestSchema }) request: StaffTokenRequest, @Ip() address: string): Promise<TokenAnswer> {
    return this.tokens.issue(await this.login.staff(request, address), TOKEN_LIFE_SECONDS);
  }

  @Post('v1/customers/:id/token')
  @HttpCode(200)
  @Scopes('customer-tokens:mint')
  @ApiOperation({ summary: 'Get a token for one customer', description: 'For a web shop whose customer has logged in there. Opens her own data only, for ten minutes.' })
  @ApiAnswer(200, TokenAnswerSchema, 'The token')
  @ApiProblems(CUSTOMER_NOT_FOUND)
  customer(@Param('id', { schema: z.uuid() }) id: string): Promise<TokenAnswer> {
    return this.customers.issue(id.toLowerCase());
  }

  @Get('.well-known/jwks.json')
  @Public()
  @Header('cache-control', 'public, max-age=30')
  @ApiOperation({ summary: 'Public keys of the tokens (RFC 7517)' })
  @ApiAnswer(200, KeySetSchema, 'The keys, also those that will sign soon')
  keys(): Promise<KeySet> {
    return this.keyRing.published();
  }
}
