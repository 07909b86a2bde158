import type { Kysely } from "kysely";
import type { Schema } from "../tables/schema.ts";
import { storageFault } from "./database.ts";
import { Debounce } from "./debounce.ts";
import { purgeSome, startPurge } from "./search/purge.ts";

const DELAY_MS = 60_000;
/** A step is followed by a pause of this many times its length, so that a purge takes a tenth of the thread's time. */
const PAUSES = 9;

interface PurgingOptions {
  readonly db: Kysely<Schema>;
  /** Runs a task between two operations. */
  readonly schedule: (task: () => Promise<void>) => void;
  /** A clock that never goes back. */
  readonly nowMs: () => number;
  readonly onStep: () => void;
  /** Called when a purge is over: the log still has what it has removed. */
  readonly onDone: () => void;
}

/** Rids the search index of words that it has forgotten: a minute after they were, in steps between the store's operations. */
export class Purging {
  readonly #options: PurgingOptions;
  readonly #later: Debounce;
  #pause: NodeJS.Timeout | null = null;

  constructor(options: PurgingOptions) {
    this.#options = options;
    this.#later = new Debounce(() => this.#schedule(() => startPurge(options.db)), DELAY_MS);
    // For words that an earlier process has left.
    this.#later.ask();
  }

  /** Purges, soon. */
  ask(): void {
    if (!this.#pause) this.#later.ask();
  }

  cancel(): void {
    this.#later.cancel();
    if (this.#pause) clearTimeout(this.#pause);
  }

  #schedule(step: () => Promise<boolean>): void {
    this.#options.schedule(async () => {
      const { db, nowMs, onStep } = this.#options;
      const startedAtMs = nowMs();
      try {
        if (await step()) this.#goOn(() => purgeSome(db), PAUSES * (nowMs() - startedAtMs));
        else this.#finish();
        onStep();
      } catch (error) {
        const fault = storageFault(error);
        if (fault !== "full" && fault !== "busy") throw error;
        this.#later.ask();
      }
    });
  }

  #goOn(step: () => Promise<boolean>, pauseMs: number): void {
    this.#pause = setTimeout(() => {
      this.#schedule(step);
    }, pauseMs).unref();
  }

  #finish(): void {
    const hasPurged = this.#pause !== null;
    this.#pause = null;
    if (!hasPurged) return;
    this.#options.onDone();
    // Words may have been forgotten meanwhile.
    this.#later.ask();
  }
}
