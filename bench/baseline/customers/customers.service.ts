import { Inject, Injectable } from '@nestjs/common';
import { ClientProxy } from '@nestjs/microservices';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Customer } from './customer.entity.js';
import type { CreateCustomerDto } from './dto/create-customer.dto.js';

export const MARKETING = 'MARKETING';

@Injectable()
export class CustomersService {
  constructor(
    @InjectRepository(Customer) private readonly customersRepository: Repository<Customer>,
    @Inject(MARKETING) private readonly client: ClientProxy,
  ) {}

  async create(createCustomerDto: CreateCustomerDto): Promise<Customer> {
    const customer = await this.customersRepository.save(this.customersRepository.create(createCustomerDto));
    this.client.emit('customer_created', { id: customer.id, channels: customer.consents.map(({ channel }) => channel) });
    return customer;
  }

  count(): Promise<number> {
    return this.customersRepository.count();
  }
}
