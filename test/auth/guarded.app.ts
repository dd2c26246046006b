import { Controller, Get, Module, Param, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CurrentCaller, OwnCustomer, Public, Scopes, type Caller } from '#auth/access.js';
import { AuthModule, TOKEN_AUDIENCE } from '#auth/auth.module.js';
import type { KeySource } from '#auth/key-source.js';
import { createHttpApp } from '#http/create-http-app.js';
import { JsonLogger } from '#http/logger.js';
import { TEST_ISSUER } from '#test/support/token-mint.js';

export const HER = '3f1c2b7a-0000-4000-8000-000000000001';
export const OTHER = '3f1c2b7a-0000-4000-8000-000000000002';

@Controller('v1/customers')
class CustomersController {
  @Get(':id')
  @Scopes('customers:read')
  @OwnCustomer('id')
  read(@Param('id') id: string, @CurrentCaller() caller: Caller): object {
    return { id, caller };
  }
  @Get()
  @Scopes('customers:read', 'customers:search')
  list(): object {
    return { customers: [] };
  }
}

@Controller('open')
class OpenController {
  @Get()
  @Public()
  read(): object {
    return { open: true };
  }
}

@Controller('silent')
class SilentController {
  @Get()
  read(): object {
    return { reached: true };
  }
}

@Module({})
class GuardedModule {
  static with(keys: KeySource): DynamicModule {
    return {
      module: GuardedModule,
      imports: [AuthModule.forRoot({ issuer: TEST_ISSUER, audience: TOKEN_AUDIENCE, keys })],
      controllers: [CustomersController, OpenController, SilentController],
    };
  }
}

/** A guarded application on a port of its own: one route of each kind, and one that states nothing. */
export async function start(keys: KeySource): Promise<{ app: NestFastifyApplication; base: string }> {
  const app = await createHttpApp(GuardedModule.with(keys), {
    service: 'guarded',
    api: { title: 'Guarded', description: '', version: '1' },
    logger: new JsonLogger('guarded', 'silent'),
  });
  await app.listen(0, '127.0.0.1');
  return { app, base: await app.getUrl() };
}

export async function get(url: string, authorization?: string): Promise<{ status: number; body: Record<string, unknown>; challenge: string | null }> {
  const response = await fetch(url, authorization === undefined ? {} : { headers: { authorization } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown>, challenge: response.headers.get('www-authenticate') };
}
