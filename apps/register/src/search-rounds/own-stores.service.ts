import { Inject, Injectable } from '@nestjs/common';
import type { SearchThread } from '#search/search-thread.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import type { StoreSearched } from '../certificates/certificate-content.js';
import { SearchConnections } from './search-connections.service.js';
import { REGISTER_TOMBSTONES } from './tombstones.js';
import type { OwnResult } from './verdict.js';

/** References pass through the broker by design, and its disk keeps what has passed for a while. */
const PASSES_REFERENCES = 'broker';

export interface OwnSearch extends OwnResult {
  readonly stores: readonly StoreSearched[];
}

/** Searches what the register can reach: its database, and the directories of its configuration. */
@Injectable()
export class OwnStores {
  constructor(
    private readonly connections: SearchConnections,
    @Inject(REGISTER_CONFIG) private readonly config: Pick<RegisterConfig, 'searchDirectories'>,
  ) {}

  /** @param thread knows whom to look for. @throws SearchFailed; the reason of the thread's signal soon after it is aborted */
  async search(thread: SearchThread): Promise<OwnSearch> {
    const own = { stores: [] as StoreSearched[], found: [] as OwnResult['found'][number][], unsearched: [] as OwnResult['unsearched'][number][] };
    const { tables, bytes, found, unsearched } = await thread.searchDatabase(await this.connections.dataSource(), 'register', REGISTER_TOMBSTONES);
    own.stores.push({ store: 'register', what: 'tables', number: tables, bytes, at: new Date() });
    const add = (searched: OwnResult): void => {
      for (const each of searched.found) own.found.push(each); // there may be more than a call takes arguments
      for (const each of searched.unsearched) own.unsearched.push(each);
    };
    add({ found, unsearched });
    for (const directory of this.config.searchDirectories) {
      const searched = await thread.searchDirectory(directory, directory.store === PASSES_REFERENCES ? ['ref'] : []);
      own.stores.push({ store: directory.store, what: 'files', number: searched.files, bytes: searched.bytes, at: new Date() });
      add(searched);
    }
    return own;
  }
}
