import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { TOKEN_INVALID, unauthenticated } from './auth.errors.js';
import { ClaimsSchema, type Claims } from './caller.js';
import type { KeySource } from './key-source.js';

export interface AuthOptions {
  /** `iss` of our tokens. */
  readonly issuer: string;
  /** `aud` of our tokens. */
  readonly audience: string;
  readonly keys: KeySource;
}

/** Clocks of two machines may differ by this much. */
const CLOCK_TOLERANCE_SECONDS = 5;
const KID = /^[\w-]{1,64}$/;

/**
 * A passport-jwt strategy under a name of its own: passport keeps strategies in one list for the whole process, and a test
 * process runs several applications.
 */
export function registerStrategy(name: string, options: AuthOptions): void {
  class TokenStrategy extends PassportStrategy(Strategy, name) {
    constructor() {
      super({
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        algorithms: ['ES256'],
        issuer: options.issuer,
        audience: options.audience,
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- the one way to a clock tolerance
        jsonWebTokenOptions: { clockTolerance: CLOCK_TOLERANCE_SECONDS },
        secretOrKeyProvider: (_request: unknown, token: string, done: (error: unknown, key?: string) => void) => {
          keyFor(token, options.keys).then((key) => done(null, key), done);
        },
      });
    }

    validate(payload: unknown): Claims {
      const claims = ClaimsSchema.safeParse(payload);
      if (!claims.success) throw unauthenticated(TOKEN_INVALID);
      return claims.data;
    }
  }
  new TokenStrategy();
}

async function keyFor(token: string, keys: KeySource): Promise<string> {
  const kid = keyIdOf(token);
  const key = kid === undefined ? undefined : await keys.publicKey(kid);
  if (key === undefined) throw unauthenticated(TOKEN_INVALID);
  return key;
}

function keyIdOf(token: string): string | undefined {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString());
    const kid: unknown = typeof header === 'object' && header !== null && 'kid' in header ? header.kid : undefined;
    return typeof kid === 'string' && KID.test(kid) ? kid : undefined;
  } catch {
    return undefined;
  }
}
