/**
 * The same task the way the official documentation of Nest teaches it: Express, ValidationPipe with class-validator, TypeORM
 * repositories with cascade, ClientProxy.emit over the RabbitMQ transport. No token, no Idempotency-Key, no ledger: it does
 * less than Lupa, which is to its advantage.
 */
import 'reflect-metadata';
import { ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }));
app.enableShutdownHooks();
await app.listen(Number(process.env['PORT']), '127.0.0.1');
