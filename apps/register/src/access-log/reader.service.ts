import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Failure } from '#http/failure.js';
import { UNKNOWN_PURPOSE } from '../consents/consents.errors.js';
import { isPurpose } from '../profile/purposes.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import { ErasedMeanwhile, type Reading, recordRead, type ShownCustomer } from './access-log.js';

/** The only way to read persons: the read and its log entry are one transaction. */
@Injectable()
export class Reader {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(REGISTER_CONFIG) private readonly config: RegisterConfig,
  ) {}

  /** Read anew, once, when somebody was erased meanwhile: so a list comes without her. @throws Failure `purpose-unknown`, or what `read` throws */
  async read<T>(reading: Reading, read: (manager: EntityManager) => Promise<{ result: T; shown: readonly ShownCustomer[] }>): Promise<T> {
    const { profile } = this.config;
    if (!isPurpose(profile, reading.purpose)) throw new Failure(UNKNOWN_PURPOSE, { extra: { possible: profile.purposes.map(({ code }) => code) } });
    try {
      return await this.attempt(reading, read);
    } catch (error) {
      if (!(error instanceof ErasedMeanwhile)) throw error;
      return this.attempt(reading, read);
    }
  }

  private attempt<T>(reading: Reading, read: (manager: EntityManager) => Promise<{ result: T; shown: readonly ShownCustomer[] }>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      const { result, shown } = await read(manager);
      await recordRead(manager, reading, shown);
      return result;
    });
  }
}
