import { Controller, Get, Global, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { CurrentCaller, Scopes, type Caller } from '#auth/access.js';
import { createHttpApp } from '#http/create-http-app.js';
import { JsonLogger } from '#http/logger.js';
import { AccessModule } from '#register/access/access.module.js';
import { KeyRing } from '#register/access/key-ring.service.js';
import { hashSecret } from '#register/access/passwords.service.js';
import { REGISTER_CONFIG, type RegisterConfig } from '#register/register.config.js';

export const config: Pick<RegisterConfig, 'indexKey' | 'keyEncryptionKey' | 'tokenIssuer'> = {
  indexKey: randomBytes(32),
  keyEncryptionKey: randomBytes(32),
  tokenIssuer: 'lupa-register',
};
export const SECRET = 'a'.repeat(20) + ':+ %' + 'b'.repeat(20);

@Controller('who')
class WhoController {
  @Get()
  @Scopes('freshness:read')
  read(@CurrentCaller() caller: Caller): Caller {
    return caller;
  }
}

export interface Instance {
  app: NestFastifyApplication;
  base: string;
  keyRing: KeyRing;
}

/** One instance of the access room on a port of its own, over a given database. */
export async function start(dataSource: DataSource, configuration = config): Promise<Instance> {
  @Global()
  @Module({
    providers: [{ provide: DataSource, useValue: dataSource }, { provide: REGISTER_CONFIG, useValue: configuration }],
    exports: [DataSource, REGISTER_CONFIG],
  })
  class FoundationModule {}
  @Module({ imports: [FoundationModule, AccessModule], controllers: [WhoController] })
  class RootModule {}
  const app = await createHttpApp(RootModule, {
    service: 'access',
    api: { title: 'Access', description: '', version: '1' },
    logger: new JsonLogger('access', 'silent'),
  });
  await app.listen(0, '127.0.0.1');
  return { app, base: await app.getUrl(), keyRing: app.get(KeyRing, { strict: false }) };
}

export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}
export async function call(method: string, url: string, body?: object | URLSearchParams, headers: Record<string, string> = {}): Promise<Answer> {
  const isForm = body instanceof URLSearchParams;
  const response = await fetch(url, {
    method,
    headers: { ...(body && !isForm ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(body ? { body: isForm ? body : JSON.stringify(body) } : {}),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Record<string, unknown> };
}

export const basic = (id: string, secret: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
});
export const grant = { grant_type: 'client_credentials' };

/** Programs `web-shop` and, disabled, `gone`, both with SECRET. */
export async function addPrograms(dataSource: DataSource): Promise<void> {
  await dataSource.query('INSERT INTO program (id, secret_hash, scopes, disabled_at) VALUES ($1, $2, $3, NULL), ($4, $2, $3, now())', [
    'web-shop', hashSecret(SECRET, config.indexKey), ['freshness:read', 'customer-tokens:mint'], 'gone',
  ]);
}
