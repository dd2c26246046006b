/** Gathers what is asked for while a round trip is under way, and sends it together in the next one. */
export interface GroupCommitOptions<Item, Result> {
  /** Does all items in one transaction; the results in their order. All or nothing when it rejects. */
  readonly execute: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** Whether one item alone may have made them all fail, so that each is worth trying by itself. */
  readonly isFaultOfOne: (error: unknown) => boolean;
  /** Most items of one transaction. */
  readonly maxItems: number;
  /** Transactions under way at once. */
  readonly lanes: number;
}

/**
 * One commit for many callers. Nobody waits for company: an item that comes while a lane is free goes at once, so a lone
 * request is as quick as ever; under load the round trip, the plan and the flush to disk are shared by all who came
 * meanwhile. Every caller gets a result only after the commit that holds it.
 */
export class GroupCommit<Item, Result> {
  private readonly waiting: Entry<Item, Result>[] = [];
  private busyLanes = 0;

  constructor(private readonly options: GroupCommitOptions<Item, Result>) {}

  /** @throws what `execute` throws for this item */
  run(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.busyLanes < this.options.lanes) void this.drain();
    });
  }

  private async drain(): Promise<void> {
    this.busyLanes += 1;
    // What arrives in the same turn of the event loop, off one read of the sockets, goes together.
    await new Promise(setImmediate);
    while (this.waiting.length > 0) await this.commit(this.waiting.splice(0, this.options.maxItems));
    this.busyLanes -= 1;
  }

  private async commit(entries: readonly Entry<Item, Result>[]): Promise<void> {
    try {
      const results = await this.options.execute(entries.map(({ item }) => item));
      if (results.length !== entries.length) throw new Error(`${entries.length} asked, ${results.length} answered`);
      for (const [i, entry] of entries.entries()) entry.resolve(results[i] as Result);
    } catch (error) {
      if (entries.length > 1 && this.options.isFaultOfOne(error)) await Promise.all(entries.map((entry) => this.commit([entry])));
      else for (const entry of entries) entry.reject(error);
    }
  }
}

interface Entry<Item, Result> {
  readonly item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}
