import { Controller, Get } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Contact } from './contact.entity.js';

@Controller('contacts')
export class ContactsController {
  constructor(@InjectRepository(Contact) private readonly contactsRepository: Repository<Contact>) {}

  @EventPattern('customer_opted_in')
  async handleOptedIn(@Payload() contact: Contact): Promise<void> {
    await this.contactsRepository.save(contact);
  }

  @EventPattern('customer_opted_out')
  async handleOptedOut(@Payload() data: { id: string }): Promise<void> {
    await this.contactsRepository.delete(data.id);
  }

  @Get('count')
  async count(): Promise<{ count: number }> {
    return { count: await this.contactsRepository.count() };
  }
}
