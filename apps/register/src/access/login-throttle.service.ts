import { Inject, Injectable } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Failure } from '#http/failure.js';
import { runStatement } from '#database/statement.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { TOO_MANY_LOGINS } from './access.errors.js';
import { COUNT_ATTEMPT, DROP_OLD_FAILURES, FORGIVE } from './access.sql.js';

const WINDOW_SECONDS = 900;
/** Failed logins in a window; the next one is refused unseen. */
const USERNAME_LIMIT = 5;
/** Higher, because a whole office can share one address. */
const ADDRESS_LIMIT = 20;

/** An attempt that has been let through. */
export interface Attempt {
  /** The login worked: the user name starts anew, and the address is not charged. */
  forgive(): Promise<void>;
}

interface Counted {
  readonly subject: Buffer;
  readonly failures: number;
  readonly secondsLeft: number;
}

/** Slows down guessing of passwords, over all instances. Keeps keyed hashes, never a user name or an address. */
@Injectable()
export class LoginThrottle {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(REGISTER_CONFIG) private readonly config: RegisterConfig,
  ) {}

  /** @throws Failure `too-many-logins` (429) with the time left. */
  async admit(username: string, address: string): Promise<Attempt> {
    const user = this.subject('username', username);
    const from = this.subject('address', address);
    const counted = await runStatement<Counted>(this.dataSource, COUNT_ATTEMPT, [[user, from], WINDOW_SECONDS]);
    const over = counted.filter(({ subject, failures }) => failures > (subject.equals(user) ? USERNAME_LIMIT : ADDRESS_LIMIT));
    if (over.length > 0) {
      throw new Failure(TOO_MANY_LOGINS, { retryAfterSeconds: Math.max(...over.map(({ secondsLeft }) => secondsLeft)) });
    }
    return {
      forgive: async () => {
        await runStatement(this.dataSource, FORGIVE, [user, from]);
        await runStatement(this.dataSource, DROP_OLD_FAILURES, [WINDOW_SECONDS]);
      },
    };
  }

  private subject(kind: 'username' | 'address', text: string): Buffer {
    return createHmac('sha256', this.config.indexKey).update(`login-${kind}:`).update(text).digest();
  }
}
