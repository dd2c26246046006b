/** Marketing's side the way the documentation teaches it: a microservice on RabbitMQ, one event, one row saved. */
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { AppModule } from './app.module.js';

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
app.connectMicroservice<MicroserviceOptions>({
  transport: Transport.RMQ,
  options: { urls: [process.env['AMQP_URL'] ?? ''], queue: process.env['QUEUE'] ?? '', queueOptions: { durable: false } },
});
app.enableShutdownHooks();
await app.startAllMicroservices();
await app.listen(Number(process.env['PORT']), '127.0.0.1');
