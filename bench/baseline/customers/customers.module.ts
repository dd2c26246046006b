import { Module } from '@nestjs/common';
import { ClientsModule, Transport } from '@nestjs/microservices';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Consent } from './consent.entity.js';
import { Customer } from './customer.entity.js';
import { CustomersController } from './customers.controller.js';
import { CustomersService, MARKETING } from './customers.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([Customer, Consent]),
    ClientsModule.register([
      {
        name: MARKETING,
        transport: Transport.RMQ,
        options: { urls: [process.env['AMQP_URL'] ?? ''], queue: 'baseline_marketing', queueOptions: { durable: false } },
      },
    ]),
  ],
  controllers: [CustomersController],
  providers: [CustomersService],
})
export class CustomersModule {}
