import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Failure } from '#http/failure.js';
import { runStatement } from '#database/statement.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { LOGIN_FAILED, oauthFailure } from './access.errors.js';
import type { Holder, StaffTokenRequest, TokenRequest } from './access.schemas.js';
import { SELECT_PROGRAM, SELECT_STAFF } from './access.sql.js';
import { clientCredentials } from './client-credentials.js';
import { LoginThrottle } from './login-throttle.service.js';
import { passwordMatches, secretMatches } from './passwords.service.js';
import { scopesOf } from './roles.js';

/** Tells who somebody is by a secret that only they know. */
@Injectable()
export class LoginService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(REGISTER_CONFIG) private readonly config: RegisterConfig,
    private readonly throttle: LoginThrottle,
  ) {}

  /**
   * A program by its client credentials (RFC 6749 § 4.4).
   * @throws Failure with the code of RFC 6749 § 5.2 in `error`.
   */
  async program(request: TokenRequest, authorization: string | undefined): Promise<Holder> {
    if (request.grant_type === undefined) throw oauthFailure('invalid_request');
    if (request.grant_type !== 'client_credentials') throw oauthFailure('unsupported_grant_type');
    const credentials = clientCredentials(authorization, request);
    if (!credentials) throw oauthFailure('invalid_client');
    const [program] = await runStatement<{ secretHash: Buffer; scopes: string[] }>(this.dataSource, SELECT_PROGRAM, [storable(credentials.id)]);
    if (!secretMatches(program?.secretHash, credentials.secret, this.config.indexKey) || !program) throw oauthFailure('invalid_client');
    const asked = request.scope?.split(' ').filter((scope) => scope !== '') ?? [];
    if (asked.some((scope) => !program.scopes.includes(scope))) throw oauthFailure('invalid_scope');
    return { kind: 'program', subject: credentials.id, roles: [], scopes: asked.length > 0 ? [...new Set(asked)] : program.scopes };
  }

  /** @throws Failure `login-failed` (401) or `too-many-logins` (429). */
  async staff({ username, password }: StaffTokenRequest, address: string): Promise<Holder> {
    const name = username.trim().toLowerCase();
    const attempt = await this.throttle.admit(name, address);
    const [person] = await runStatement<{ passwordHash: string; roles: string[] }>(this.dataSource, SELECT_STAFF, [name]);
    if (!(await passwordMatches(person?.passwordHash, password)) || !person) {
      throw new Failure(LOGIN_FAILED, { headers: { 'www-authenticate': 'Bearer realm="lupa"' } });
    }
    await attempt.forgive();
    return { kind: 'staff', subject: name, roles: person.roles, scopes: scopesOf(person.roles) };
  }
}

/** A form or header can carry NUL, which PostgreSQL refuses; no id holds one. */
function storable(text: string): string {
  return text.replaceAll('\0', '');
}
