import type { Kysely } from "kysely";
import type { Schema } from "../tables/schema.ts";
import { storageFault } from "./database.ts";
import { Debounce } from "./debounce.ts";
import { indexSome, MAX_INDEXED_AT_ONCE, rebuildSome } from "./search/index-messages.ts";

const DELAY_MS = 1_000;

/**
 * Brings messages into the search index: a second after they were stored, or once as many wait as one transaction
 * indexes. Its transactions share the connection, so they run between two of the store's operations.
 */
export class Indexing {
  readonly #db: Kysely<Schema>;
  readonly #enqueue: (task: () => Promise<void>) => void;
  readonly #later: Debounce;
  /** The most messages that wait, but for those that an earlier process left. */
  #waiting = 0;
  #isCancelled = false;

  /** @param enqueue runs a task in its turn */
  constructor(db: Kysely<Schema>, enqueue: (task: () => Promise<void>) => void) {
    this.#db = db;
    this.#enqueue = enqueue;
    this.#later = new Debounce(() => enqueue(() => this.#indexWaiting()), DELAY_MS);
    this.#later.ask();
    enqueue(() => this.#rebuild());
  }

  async stored(count: number): Promise<void> {
    this.#waiting += count;
    if (this.#waiting < MAX_INDEXED_AT_ONCE) {
      this.#later.ask();
      return;
    }
    await this.#unlessFull(async () => {
      const indexed = await indexSome(this.#db);
      this.#waiting = indexed === 0 ? 0 : Math.max(0, this.#waiting - indexed);
    });
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#later.cancel();
  }

  /** Indexes everything that waits, one step after the other with the store's operations between them. */
  async #indexWaiting(): Promise<void> {
    await this.#unlessFull(async () => {
      if ((await indexSome(this.#db)) > 0) this.#enqueue(() => this.#indexWaiting());
      else this.#waiting = 0;
    });
  }

  /** Fills a newer tokenizer's index, one step after the other with the store's operations between them. */
  async #rebuild(): Promise<void> {
    await this.#unlessFull(async () => {
      if (await rebuildSome(this.#db)) this.#enqueue(() => this.#rebuild());
    });
  }

  /** Lets messages wait on while the disk has no space for the index, and until the next start once this one ends. */
  async #unlessFull(work: () => Promise<void>): Promise<void> {
    if (this.#isCancelled) return;
    try {
      await work();
    } catch (error) {
      const fault = storageFault(error);
      if (fault !== "full" && fault !== "busy") throw error;
      this.#later.ask();
    }
  }
}
