import { Inject, Injectable } from '@nestjs/common';
import { SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { TOKEN_AUDIENCE } from '#auth/auth.module.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import type { Holder, TokenAnswer } from './access.schemas.js';
import { KeyRing } from './key-ring.service.js';

/** Signs tokens. */
@Injectable()
export class TokenService {
  constructor(
    private readonly keyRing: KeyRing,
    @Inject(REGISTER_CONFIG) private readonly config: RegisterConfig,
  ) {}

  /** @param lifeSeconds at most TOKEN_LIFE_SECONDS, on which the retirement of keys counts. */
  async issue({ kind, subject, roles, scopes }: Holder, lifeSeconds: number): Promise<TokenAnswer> {
    const { kid, privateKey } = await this.keyRing.signer();
    const scope = scopes.join(' ');
    const now = Math.floor(Date.now() / 1_000);
    const token = await new SignJWT({ kind, scope, roles })
      .setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt' })
      .setIssuer(this.config.tokenIssuer)
      .setAudience(TOKEN_AUDIENCE)
      .setSubject(subject)
      .setJti(randomUUID())
      .setIssuedAt(now)
      .setExpirationTime(now + lifeSeconds)
      .sign(privateKey);
    return { access_token: token, token_type: 'Bearer', expires_in: lifeSeconds, scope };
  }
}
