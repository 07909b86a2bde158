import type { DatabaseSync } from "node:sqlite";

/**
 * A transaction around those of several operations, so that they share one sync of the disk. Inside it, an operation's
 * own transaction is a savepoint: what it refuses or fails at undoes its own part alone.
 */
export class SharedTransaction {
  readonly #database: DatabaseSync;
  #isOpen = false;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** False once SQLite has undone it by itself, as it does when the disk is full or fails: with all that was in it. */
  get isWhole(): boolean {
    return this.#isOpen && this.#database.isTransaction;
  }

  begin(): void {
    this.#database.exec("begin immediate");
    this.#isOpen = true;
  }

  /** @throws what SQLite throws; nothing of it is stored then */
  commit(): void {
    try {
      this.#database.exec("commit");
    } finally {
      this.end();
    }
  }

  /** Undoes what there is of it. */
  end(): void {
    this.#isOpen = false;
    if (this.#database.isTransaction) this.#database.exec("rollback");
  }

  /** Replaces the statements that begin or end an operation's own transaction. Leaves all others. */
  translate(sql: string): string {
    return (this.#isOpen && INSIDE[sql]) || sql;
  }
}

const INSIDE: Readonly<Record<string, string>> = {
  begin: "savepoint operation",
  commit: "release operation",
  rollback: "rollback to operation",
};
