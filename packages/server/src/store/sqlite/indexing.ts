import type { Kysely } from "kysely";
import { indexAll, indexSome, MAX_INDEXED_AT_ONCE } from "../queries/search-index.ts";
import type { Schema } from "../schema.ts";
import { storageFault } from "./database.ts";
import { Later } from "./later.ts";

const DELAY_MS = 1_000;

/**
 * Brings what has been stored into the search index: a second later, or once as many messages wait as are indexed at
 * once. Its transactions share the connection, so they run where the store's operations do, between two of them.
 */
export class Indexing {
  readonly #db: Kysely<Schema>;
  readonly #later: Later;
  /** At most so many messages wait, but for those that a process before this one left. */
  #waiting = 0;

  /** @param onDue is called when it is time for `indexAll` */
  constructor(db: Kysely<Schema>, onDue: () => void) {
    this.#db = db;
    this.#later = new Later(onDue, DELAY_MS);
    this.#later.ask();
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

  async indexAll(): Promise<void> {
    await this.#unlessFull(async () => {
      await indexAll(this.#db);
      this.#waiting = 0;
    });
  }

  cancel(): void {
    this.#later.cancel();
  }

  /** Where there is no space for the index messages wait on, until it is time again: whoever searches is told. */
  async #unlessFull(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const fault = storageFault(error);
      if (fault !== "full" && fault !== "busy") throw error;
      this.#later.ask();
    }
  }
}
