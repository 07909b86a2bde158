import type { DatabaseSync } from "node:sqlite";
import { BUSY_TIMEOUT_MS, emptyLog } from "./database.ts";
import { Debounce } from "./debounce.ts";
import type { ReadLatch } from "./read-latch.ts";

/** The log's length at which its pages go into the file: where many rooms are busy, each commit changes hundreds. */
const LOG_PAGES = 4_000;
const LOOK_INTERVAL_MS = 100;
/** The time until it is looked again whether the reads under way have ended. */
const RETRY_MS = 2;
/** After this long a log that could not be emptied, because another process reads the database, is tried again. */
const EMPTY_AGAIN_MS = 60_000;

interface CheckpointsOptions {
  readonly database: DatabaseSync;
  readonly latch: ReadLatch;
  /** Runs a task between two operations. */
  readonly schedule: (task: () => void) => void;
  /** A clock that never goes back. */
  readonly nowMs: () => number;
}

/**
 * Keeps the log of changes short. Its pages are copied into the database file while no read is under way: only then
 * does the next commit write to the log's beginning. Reads that have not begun wait for it, writes only for the copying.
 */
export class Checkpoints {
  readonly #options: CheckpointsOptions;
  readonly #retry: Debounce;
  readonly #emptyAgain: Debounce;
  #lookedAtMs = 0;
  /** Grows while another process reads the database: what it needs can't be copied. */
  #maxPages = LOG_PAGES;
  #mustEmpty = false;

  constructor(options: CheckpointsOptions) {
    this.#options = options;
    this.#retry = new Debounce(() => options.schedule(() => this.#run()), RETRY_MS);
    this.#emptyAgain = new Debounce(() => options.schedule(() => this.empty()), EMPTY_AGAIN_MS);
  }

  /** Is called after each commit. */
  afterCommit(): void {
    const nowMs = this.#options.nowMs();
    if (nowMs - this.#lookedAtMs < LOOK_INTERVAL_MS) return;
    this.#lookedAtMs = nowMs;
    const { log, checkpointed } = this.#checkpoint("noop");
    if (log > checkpointed && log >= this.#maxPages) this.#run();
  }

  /** Leaves nothing in the log, soon: what has been erased from the database is still in it. */
  empty(): void {
    this.#mustEmpty = true;
    this.#run();
  }

  cancel(): void {
    this.#retry.cancel();
    this.#emptyAgain.cancel();
    this.#options.latch.release();
  }

  #run(): void {
    const { database, latch } = this.#options;
    if (!latch.hold()) {
      this.#retry.ask();
      return;
    }
    try {
      const { log, checkpointed } = this.#checkpoint("passive");
      this.#maxPages = checkpointed < log ? log + LOG_PAGES : LOG_PAGES;
      if (!this.#mustEmpty) return;
      this.#mustEmpty = false;
      // Whoever reads in another process is not waited for.
      database.exec("pragma busy_timeout = 0");
      if (!emptyLog(database)) this.#emptyAgain.ask();
    } finally {
      database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
      latch.release();
    }
  }

  /** Returns the number of the log's pages, and of those that are in the file. SQLite before 3.51 takes `noop` for `passive`. */
  #checkpoint(mode: "noop" | "passive"): { readonly log: number; readonly checkpointed: number } {
    const { log, checkpointed } =
      this.#options.database.prepare(`pragma wal_checkpoint(${mode})`).get() ?? {};
    return { log: Number(log), checkpointed: Number(checkpointed) };
  }
}
