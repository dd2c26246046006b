import { Inject, Injectable } from '@nestjs/common';
import { Needles } from '#search/needles.js';
import { searchDatabaseAfresh } from '#search/search-afresh.js';
import { searchFiles } from '#search/search-files.js';
import { REGISTER_CONFIG, type RegisterConfig } from '../register.config.js';
import type { StoreSearched } from '../certificates/certificate-content.js';
import { SearchConnections } from './search-connections.service.js';
import { withoutKinds } from './shared-values.js';
import type { SoughtCase } from './sought-cases.service.js';
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

  /** @throws the signal's reason soon after it is aborted */
  async search(cases: readonly SoughtCase[], signal: AbortSignal): Promise<OwnSearch> {
    const own = { stores: [] as StoreSearched[], found: [] as OwnResult['found'][number][], unsearched: [] as OwnResult['unsearched'][number][] };
    const needles = await Needles.of(cases);
    const { tables, bytes, found, unsearched } = await searchDatabaseAfresh(await this.connections.dataSource(), needles, 'register', REGISTER_TOMBSTONES, signal);
    own.stores.push({ store: 'register', what: 'tables', number: tables, bytes, at: new Date() });
    const add = (searched: OwnResult): void => {
      for (const each of searched.found) own.found.push(each); // there may be more than a call takes arguments
      for (const each of searched.unsearched) own.unsearched.push(each);
    };
    add({ found, unsearched });
    for (const directory of this.config.searchDirectories) {
      const sought = directory.store === PASSES_REFERENCES ? await Needles.of(cases.map(withoutReference)) : needles;
      const searched = await searchFiles([directory], sought, signal);
      own.stores.push({ store: directory.store, what: 'files', number: searched.files, bytes: searched.bytes, at: new Date() });
      add(searched);
    }
    return own;
  }
}

function withoutReference(sought: SoughtCase): SoughtCase {
  return { ...sought, ...withoutKinds(sought, ['ref']) };
}
