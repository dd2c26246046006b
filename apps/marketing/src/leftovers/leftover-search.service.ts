import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { stat } from 'node:fs/promises';
import { DataSource } from 'typeorm';
import { MAX_NEEDLE_CASES, MAX_ROUND_CASES, type NeedlesReply, type SearchAnswered } from '#contracts/search.v1.js';
import { JsonLogger } from '#http/logger.js';
import { ConfirmingClient } from '#messaging/confirming-client.js';
import { PublishUnconfirmed } from '#messaging/messaging.errors.js';
import { ROUTING } from '#messaging/topology.js';
import type { Directory } from '#search/search-files.js';
import { SearchThread } from '#search/search-thread.js';
import { StatementSigner } from '../answering/statement-signer.service.js';
import { isMissing } from '../exports/file-store.service.js';
import { RegisterClient, UnreadableReply } from '../link/register-client.service.js';
import { MARKETING_CONFIG, type MarketingConfig } from '../marketing.config.js';
import { OWN_STORES, searchStatement, type StoreSearched } from './search-statement.js';
import { TOMBSTONES } from './tombstones.sql.js';

/** The register goes on from page to page for ever only when something is wrong with it. */
const MOST_PAGES = (2 * MAX_ROUND_CASES) / MAX_NEEDLE_CASES;

/** What is left here of whom a round looks for: how many, and the last of them. */
interface Sought {
  readonly cases: number;
  readonly last: string | null;
}

/** The process shuts down; the request is delivered again to the next one. */
class SearchInterrupted extends Error {
  override readonly name = 'SearchInterrupted';
  readonly code = 'SearchInterrupted';
}

/**
 * Looks in every store of marketing for people who were erased, and tells the register, signed, what it has found. What is looked for is in
 * memory only, and only while it is looked for.
 */
@Injectable()
export class LeftoverSearch implements OnModuleDestroy {
  private readonly stopping = new AbortController();

  constructor(
    private readonly database: DataSource,
    private readonly register: RegisterClient,
    private readonly signer: StatementSigner,
    private readonly client: ConfirmingClient,
    private readonly logger: JsonLogger,
    @Inject(MARKETING_CONFIG) private readonly config: Pick<MarketingConfig, 'exports' | 'searchDirectories'>,
  ) {}

  /** Before the transports are closed: a search may take longer than a shutdown. */
  onModuleDestroy(): void {
    this.stopping.abort(new SearchInterrupted());
  }

  /**
   * Resolves when the round is answered and the broker has the answer, or when it is over by the register's word.
   * @throws when it has to be done again: the register or the broker is away, a store broke off, the process stops
   */
  async answer(roundId: string): Promise<void> {
    this.stopping.signal.throwIfAborted();
    const startedAt = performance.now();
    const result = await this.searchInThread(roundId);
    if (result === undefined) {
      this.logger.event('search-round-over');
      return;
    }
    const { sought, searched } = result;
    const statement = searchStatement({ roundId, searchedAt: new Date().toISOString(), cases: sought.cases }, searched);
    const body: SearchAnswered = { schema: 'search.answered.v1', roundId, statement: await this.signer.signSearch(statement) };
    const [outcome = 'unknown'] = await this.client.publishAll([{ routingKey: ROUTING.searched, body }]);
    if (outcome !== 'confirmed') throw new PublishUnconfirmed(outcome);
    const bytes = searched.reduce((sum, store) => sum + store.bytes, 0);
    this.logger.event('searched-for-leftovers', { count: sought.cases, bytes, ms: Math.round(performance.now() - startedAt) });
    if (statement.found.length > 0) this.logger.event('leftovers-found', { count: new Set(statement.found.map((finding) => finding.case)).size }, 'error');
    if (statement.unsearched.length > 0) this.logger.event('stores-not-searched', { count: statement.unsearched.length }, 'error');
  }

  /** Pulls what to look for and hands it to the thread, page by page. Undefined: the round is over. */
  private async handOver(roundId: string, thread: SearchThread): Promise<Sought | undefined> {
    let [cases, last, after]: [number, string | null, string | null] = [0, null, null];
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const reply: NeedlesReply | undefined = await this.register.needles(roundId, after);
      this.stopping.signal.throwIfAborted();
      if (reply === undefined) return undefined;
      await thread.lookFor(reply.cases);
      cases += reply.cases.length;
      last = reply.cases.at(-1)?.caseId ?? last;
      after = reply.next;
      if (after === null && cases <= MAX_ROUND_CASES) return { cases, last };
    }
    throw new UnreadableReply();
  }

  /** Whether the register has given the round up. While it cannot be asked, it may still want the answer. */
  private async isOver(roundId: string, { last }: Sought): Promise<boolean> {
    return this.register.needles(roundId, last).then((reply) => reply === undefined, () => false);
  }

  /** Undefined: the round is over. */
  private async searchInThread(roundId: string): Promise<{ sought: Sought; searched: readonly StoreSearched[] } | undefined> {
    const thread = new SearchThread(this.stopping.signal);
    try {
      const sought = await this.handOver(roundId, thread);
      const searched = sought && await this.searchStores(thread, () => this.isOver(roundId, sought));
      return sought && searched && { sought, searched };
    } finally {
      await thread.end();
    }
  }

  /** Undefined: the round was over before the last store was searched. */
  private async searchStores(thread: SearchThread, isOver: () => Promise<boolean>): Promise<StoreSearched[] | undefined> {
    const { found, unsearched, more, tables, bytes } = await thread.searchDatabase(this.database, OWN_STORES.database, TOMBSTONES);
    const searched: StoreSearched[] = [{ store: OWN_STORES.database, what: 'tables', number: tables, bytes, found, unsearched, more }];
    if (await isOver()) return undefined;
    const exports = { store: OWN_STORES.exports, path: this.config.exports.directory };
    searched.push(await isThere(exports) ? await this.searchDirectory(thread, exports) : { store: exports.store, what: 'files', number: 0, bytes: 0, found: [], unsearched: [] });
    for (const directory of this.config.searchDirectories) {
      if (await isOver()) return undefined;
      searched.push(await this.searchDirectory(thread, directory));
    }
    return searched;
  }

  private async searchDirectory(thread: SearchThread, directory: Directory): Promise<StoreSearched> {
    const { found, unsearched, more, files, bytes } = await thread.searchDirectory(directory);
    return { store: directory.store, what: 'files', number: files, bytes, found, unsearched, more };
  }
}

/** The directory of exports is made when the first file is; others that are not there are a mistake, and told as such. */
async function isThere({ path }: Directory): Promise<boolean> {
  return await stat(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  }) !== undefined;
}
