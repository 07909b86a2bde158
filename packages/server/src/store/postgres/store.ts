import { Kysely } from "kysely";
import { FairQueue } from "../../domain/fair-queue.ts";
import { callerOf } from "../caller.ts";
import { storageError } from "../fault.ts";
import { laneOf } from "../lanes.ts";
import { operationKinds } from "../operations/kinds.ts";
import { runOperation } from "../operations/locks.ts";
import { type OperationInput, type OperationName, operationNames } from "../operations/operations.ts";
import type { NewMessage } from "../port/messages.ts";
import type { Store } from "../port/store.ts";
import type { Schema } from "../tables/schema.ts";
import { appendEach } from "./append-each.ts";
import { openConnections } from "./connections.ts";
import { postgresDialect } from "./dialect.ts";
import { toStoreError } from "./faults.ts";
import { type SharedKeys, sharedKeys } from "./keys.ts";
import { prepareDatabase } from "./prepare.ts";
import { rewordSome } from "./rewording.ts";
import { runRead, runWrite } from "./runner.ts";

/** Each room's writes go through one of these, and through one connection at a time: more of them wait for each other. */
export const WRITE_LANES = 4;
const MAX_READS = 4;

export interface PostgresStore {
  readonly store: Store;
  readonly sharedKeys: SharedKeys;
}

/**
 * The store in a PostgreSQL database, which other processes may use, too.
 *
 * @throws Error when the database can't be used; it never names the password
 */
export async function openPostgresStore(connectionString: string): Promise<PostgresStore> {
  await prepareDatabase(connectionString);
  const open = (max: number) =>
    new Kysely<Schema>({ dialect: postgresDialect(openConnections(connectionString, { max })) });
  const writing = open(WRITE_LANES);
  const reading = open(MAX_READS);
  const lanes = Array.from({ length: WRITE_LANES }, () => new Lane());
  const reads = new FairQueue(MAX_READS);
  let isClosed = false;
  const rewording = rewordAll(writing, () => isClosed);

  async function ask<Name extends OperationName>(name: Name, input: OperationInput<Name>): Promise<unknown> {
    if (isClosed) throw storageError("broken", new Error("the store is closed"));
    try {
      if (operationKinds[name] === "read") {
        return await reads.run(callerOf(input), () =>
          runRead(reading, (trx) => runOperation(trx, name, input)),
        );
      }
      const lane = lanes[laneOf(placeOf(input), WRITE_LANES)];
      if (!lane) throw new Error("there is no such lane");
      if (name === "appendMessages") {
        const messages = input as readonly NewMessage[];
        return await lane.send(() => appendEach(writing, messages));
      }
      return await lane.run(callerOf(input), () =>
        runWrite(writing, (trx) => runOperation(trx, name, input)),
      );
    } catch (error) {
      throw toStoreError(error);
    }
  }

  const asks = Object.fromEntries(
    operationNames.map((name) => [name, (input: OperationInput<typeof name>) => ask(name, input)]),
  );
  // Each name of the port asks for the operation of the same name, whose types are the port's.
  const operations = asks as unknown as Pick<Store, OperationName>;
  const store: Store = {
    ...operations,
    // Another process may use the database on, and this one does when it can be reached again.
    failed: new Promise(() => {}),
    async [Symbol.asyncDispose]() {
      isClosed = true;
      const closed = storageError("broken", new Error("the store is closed"));
      reads.clear(closed);
      for (const lane of lanes) lane.clear(closed);
      await rewording;
      // Both wait for the transactions under way.
      await Promise.all([writing.destroy(), reading.destroy()]);
    },
  };
  return { store, sharedKeys: sharedKeys(writing) };
}

/** Runs the writes of some rooms, one at a time. Sends and other writes take turns, so that a send waits for few others. */
class Lane {
  readonly #turns = new FairQueue(1);
  readonly #others = new FairQueue(1);

  send<Result>(write: () => Promise<Result>): Promise<Result> {
    return this.#turns.run("sends", write);
  }

  run<Result>(caller: string, write: () => Promise<Result>): Promise<Result> {
    return this.#others.run(caller, () => this.#turns.run("others", write));
  }

  clear(error: Error): void {
    this.#others.clear(error);
    this.#turns.clear(error);
  }
}

/** Returns what chooses an operation's lane: its room, or else whoever asks. */
function placeOf(input: object): string {
  const [first] = Array.isArray(input) ? (input as readonly NewMessage[]) : [];
  if (first) return first.roomId;
  return "roomId" in input ? String(input.roomId) : callerOf(input);
}

/** Brings the words of a newer tokenizer to all messages, in the background. */
async function rewordAll(db: Kysely<Schema>, isClosed: () => boolean): Promise<void> {
  try {
    while (!isClosed() && (await rewordSome(db)));
  } catch {
    // The next start goes on.
  }
}
