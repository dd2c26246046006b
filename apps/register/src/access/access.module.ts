import { Module } from '@nestjs/common';
import { AuthModule, TOKEN_AUDIENCE } from '#auth/auth.module.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { CustomerTokenService } from './customer-token.service.js';
import { KeyRing } from './key-ring.service.js';
import { LoginThrottle } from './login-throttle.service.js';
import { LoginService } from './login.service.js';
import { TokenController } from './token.controller.js';
import { TokenService } from './token.service.js';

@Module({ providers: [KeyRing], exports: [KeyRing] })
class KeyRingModule {}

/** Tokens, their keys, and the guard of every route of the register. Needs DataSource and REGISTER_CONFIG from a global module. */
@Module({
  imports: [
    KeyRingModule,
    AuthModule.forRootAsync({
      imports: [KeyRingModule],
      inject: [REGISTER_CONFIG, KeyRing],
      useFactory: (config: RegisterConfig, keys: KeyRing) => ({ issuer: config.tokenIssuer, audience: TOKEN_AUDIENCE, keys }),
    }),
  ],
  controllers: [TokenController],
  providers: [CustomerTokenService, LoginService, LoginThrottle, TokenService],
})
export class AccessModule {}
