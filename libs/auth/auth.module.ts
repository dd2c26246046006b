import { type DynamicModule, type InjectionToken, Module, type ModuleMetadata, type OptionalFactoryDependency, type Provider } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { createAccessGuard } from './access.guard.js';
import { registerStrategy, type AuthOptions } from './jwt.strategy.js';

export type { AuthOptions } from './jwt.strategy.js';

/** `aud` of every token: the pair of services. */
export const TOKEN_AUDIENCE = 'lupa';

const AUTH_OPTIONS = Symbol('AuthOptions');
let strategies = 0;

interface AsyncAuthOptions {
  readonly imports?: ModuleMetadata['imports'];
  readonly inject?: (InjectionToken | OptionalFactoryDependency)[];
  // The arguments are what `inject` names; Nest cannot type them.
  readonly useFactory: (...dependencies: never[]) => AuthOptions | Promise<AuthOptions>;
}

/** Guards every HTTP route of the application: deny by default. Import once, in the root module. */
@Module({})
export class AuthModule {
  static forRoot(options: AuthOptions): DynamicModule {
    return guarded({ provide: AUTH_OPTIONS, useValue: options });
  }

  /** For options that need other providers, such as the register's own key ring. */
  static forRootAsync({ imports = [], inject = [], useFactory }: AsyncAuthOptions): DynamicModule {
    return { ...guarded({ provide: AUTH_OPTIONS, inject, useFactory: useFactory as (...dependencies: unknown[]) => AuthOptions | Promise<AuthOptions> }), imports };
  }
}

function guarded(options: Provider): DynamicModule {
  const name = `token-${(strategies += 1)}`;
  return {
    module: AuthModule,
    providers: [
      options,
      {
        provide: APP_GUARD,
        inject: [AUTH_OPTIONS, Reflector],
        useFactory: (given: AuthOptions, reflector: Reflector) => {
          registerStrategy(name, given);
          return createAccessGuard(name, reflector);
        },
      },
    ],
  };
}
