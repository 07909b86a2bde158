import pg from "pg";
import { ChatError } from "../../domain/errors.ts";
import { type StorageFault, storageError } from "../fault.ts";

/** A connection was lost, or can't be made. */
export class ConnectionLost extends Error {
  constructor(cause: unknown) {
    super("the connection to the database was lost, or can't be made", { cause });
  }
}

/** The commit of a transaction was sent, and its answer was lost with the connection. */
export class CommitLost extends Error {
  /** The transaction's name at the server. */
  readonly transaction: string;

  constructor(transaction: string, cause: unknown) {
    super("the connection to the database was lost while a transaction was committed", { cause });
    this.transaction = transaction;
  }
}

/** States of https://www.postgresql.org/docs/current/errcodes-appendix.html */
const faults: ReadonlyMap<string, StorageFault> = new Map([
  ["40001", "busy"], // serialization_failure
  ["40P01", "busy"], // deadlock_detected
  ["55P03", "busy"], // lock_not_available
  ["57014", "busy"], // query_canceled: the statement's time was over
  ["53100", "full"], // disk_full
]);
/** Another has just stored what this transaction was about to store: run again, it finds that. */
const UNIQUE_VIOLATION = "23505";
const RUN_AGAIN: ReadonlySet<string> = new Set(["40001", "40P01", UNIQUE_VIOLATION]);
/** Text can't hold U+0000: character_not_in_repertoire, untranslatable_character. */
const UNTRANSLATABLE: ReadonlySet<string> = new Set(["22021", "22P05"]);
/** The server ends the connection. */
const ENDED = /^(57P|08|25P03)/;

/** The SQL state of an error that the server has answered with. */
function stateOf(error: unknown): string {
  return error instanceof pg.DatabaseError ? (error.code ?? "") : "";
}

/** Returns what the failure of a statement says about its connection: the error itself, if the connection can be used on. */
export function ofConnection(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) {
    return error instanceof TypeError || error instanceof RangeError ? error : new ConnectionLost(error);
  }
  return error.severity === "FATAL" || ENDED.test(stateOf(error)) ? new ConnectionLost(error) : error;
}

/** True if the same work may succeed at once. Nothing of it is stored. */
export function mayRunAgain(error: unknown): boolean {
  return error instanceof ConnectionLost || RUN_AGAIN.has(stateOf(error));
}

/** True if a text has U+0000. */
export function isUntranslatable(error: unknown): boolean {
  return UNTRANSLATABLE.has(stateOf(error));
}

export function untranslatable(): ChatError {
  return new ChatError("FIELD_INVALID", "a field has the character U+0000, which this server can't store");
}

/** Returns the error for the caller of an operation that has failed. */
export function toStoreError(error: unknown): unknown {
  if (error instanceof ConnectionLost) return storageError("away", error);
  if (error instanceof CommitLost) return storageError("lost", error);
  if (isUntranslatable(error)) return untranslatable();
  const fault = faults.get(stateOf(error));
  return fault && error instanceof Error ? storageError(fault, error) : error;
}
