import { Module } from '@nestjs/common';
import { ConsentsModule } from '../consents/consents.module.js';
import { CreateCustomerService } from './create-customer.service.js';
import { CustomerReads } from './customer-reads.service.js';
import { CustomersController } from './customers.controller.js';
import { CustomersService } from './customers.service.js';

@Module({
  imports: [ConsentsModule],
  controllers: [CustomersController],
  providers: [CustomersService, CreateCustomerService, CustomerReads],
})
export class CustomersModule {}
