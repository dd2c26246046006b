import { Inject, Injectable } from '@nestjs/common';
import { Failure } from '#http/failure.js';
import type { Profile, Recipient } from '../profile/profile.schemas.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { RECIPIENT_UNKNOWN } from './disclosures.errors.js';
import type { RecipientView } from './disclosures.schemas.js';

/**
 * The recipients that the controller's profile names; nobody else gets anything. Those inside, processors such as a mailing tool,
 * get people through the lists of marketing only, never from here.
 */
@Injectable()
export class Recipients {
  private readonly profile: Profile;

  constructor(@Inject(REGISTER_CONFIG) config: RegisterConfig) {
    this.profile = config.profile;
  }

  /** A recipient outside the company. @throws Failure `recipient-unknown`: none of that id, or not for that purpose */
  find(id: string, purpose: string): Recipient {
    const recipient = this.profile.recipients.find((r) => r.id === id && r.place === 'outside' && r.purposes.includes(purpose));
    if (!recipient) throw new Failure(RECIPIENT_UNKNOWN);
    return recipient;
  }

  /** Of every purpose, with its period. */
  get purposes(): Profile['purposes'] {
    return this.profile.purposes;
  }

  legalBasis(purpose: string): string {
    const found = this.profile.purposes.find(({ code }) => code === purpose);
    if (!found) throw new Error('the profile was checked to name the purposes of recipients');
    return found.legalBasis;
  }

  /** Also of a recipient that is no longer configured. */
  view(id: string): RecipientView {
    const recipient = this.profile.recipients.find((r) => r.id === id);
    return { id, name: recipient?.name ?? id, country: recipient?.country ?? 'ZZ' };
  }
}
