import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Contact } from './contact.entity.js';
import { ContactsController } from './contacts.controller.js';

@Module({
  imports: [
    TypeOrmModule.forRoot({ type: 'postgres', url: process.env['DATABASE_URL'] ?? '', autoLoadEntities: true, synchronize: true }),
    TypeOrmModule.forFeature([Contact]),
  ],
  controllers: [ContactsController],
})
export class AppModule {}
