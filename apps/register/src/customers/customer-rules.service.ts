import { Inject, Injectable } from '@nestjs/common';
import { blindIndex } from '#addresses/blind-index.js';
import { normaliseEmail } from '#addresses/email.js';
import { Failure } from '#http/failure.js';
import { INVALID_REQUEST } from '#http/http.errors.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';

/** What every way in asks of a customer's fields, and the keyed hashes by which she is found. */
@Injectable()
export class CustomerRules {
  private readonly productGroups: ReadonlySet<string>;

  constructor(@Inject(REGISTER_CONFIG) private readonly config: Pick<RegisterConfig, 'indexKey' | 'profile'>) {
    this.productGroups = new Set(config.profile.productGroups.map(({ code }) => code));
  }

  /** @throws Failure `invalid-request` naming each code that is no product group */
  assertInterests(interests: readonly string[] | null | undefined): void {
    const unknown = (interests ?? []).map((code, i) => ({ code, i })).filter(({ code }) => !this.productGroups.has(code));
    if (unknown.length === 0) return;
    const possible = [...this.productGroups].join(', ');
    throw new Failure(INVALID_REQUEST, {
      errors: unknown.map(({ i }) => ({ pointer: `#/interests/${i}`, code: 'not-allowed', detail: `must be a product group: ${possible}` })),
    });
  }

  emailIndex(email: string | null): Buffer | null {
    return email === null ? null : blindIndex(this.config.indexKey, 'email', normaliseEmail(email));
  }

  phoneIndex(phone: string | null): Buffer | null {
    return phone === null ? null : blindIndex(this.config.indexKey, 'phone', phone);
  }
}
