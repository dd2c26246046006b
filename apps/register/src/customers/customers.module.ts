import { Module } from '@nestjs/common';
import { ConsentsModule } from '../consents/consents.module.js';
import { CreateCustomerService } from './create-customer.service.js';
import { CustomerDrafts } from './customer-drafts.service.js';
import { CustomerReads } from './customer-reads.service.js';
import { CustomerRules } from './customer-rules.service.js';
import { CustomersController } from './customers.controller.js';
import { CustomersService } from './customers.service.js';
import { GivenUnderAge } from './given-under-age.service.js';

@Module({
  imports: [ConsentsModule],
  controllers: [CustomersController],
  providers: [CustomerRules, CustomersService, CustomerDrafts, CreateCustomerService, CustomerReads, GivenUnderAge],
})
export class CustomersModule {}
