import { MessagePattern, Payload } from '@nestjs/microservices';
import { type PersonHeldReply, PersonHeldReplySchema, PersonHeldRequestSchema } from '#contracts/person-held.v1.js';
import { MessageController } from '#messaging/message-controller.js';
import { HeldService } from './held.service.js';

/** Tells the register what is held of a person, in direct replies only: the broker neither buffers nor stores them. */
@MessageController()
export class HeldController {
  constructor(private readonly held: HeldService) {}

  @MessagePattern('person.held.get')
  async get(@Payload() payload: unknown): Promise<PersonHeldReply> {
    return PersonHeldReplySchema.parse(await this.held.tell(PersonHeldRequestSchema.parse(payload)));
  }
}
