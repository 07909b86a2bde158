import { ChatError } from "../domain/errors.ts";
import type { RoomChange } from "../domain/live/changes.ts";
import type { Message } from "../domain/messages/message.ts";
import { laneOf } from "./lanes.ts";
import type { AppendOutcome, MessageStore, NewMessage } from "./port/messages.ts";
import { storedChange, storedMessage } from "./stored-message.ts";

/** The most that one transaction stores; the rest goes into the next. */
const MAX_BATCH_MESSAGES = 256;
/** The most that may wait for a transaction before senders are told to come back. */
const MAX_WAITING_MESSAGES = 20_000;
/**
 * While one transaction commits, another may be handed over already, so that the store is not idle while this
 * thread answers the first: once it is worth a sync of its own.
 */
const MAX_RUNNING = 2;
const MIN_QUEUED_MESSAGES = 48;
const RETRY_AFTER_MS = 500;

export interface Sent {
  readonly message: Message;
  /** The same send was stored before. */
  readonly duplicate: boolean;
}

interface Waiting {
  readonly message: NewMessage;
  readonly resolve: (sent: Sent) => void;
  readonly reject: (error: unknown) => void;
}

interface Lane {
  waiting: Waiting[];
  /** The transactions under way. */
  running: number;
}

/**
 * Turns single sends into batches, so that many share one sync to disk: whatever arrives while a transaction
 * is being committed goes into the next one, which is handed over as soon as enough wait. A lone send waits for
 * nothing. Order is first come, first stored, in each room: the rooms are divided among lanes, which don't wait for each
 * other.
 */
export class GroupCommit {
  readonly #store: Pick<MessageStore, "appendMessages">;
  readonly #onStored: (change: RoomChange) => void;
  readonly #lanes: readonly Lane[];
  #waiting = 0;

  /**
   * @param onStored is called for each stored message, in the order of their seq, before its sender has the answer; before it
   * for each member whom it has brought into its direct room
   * @param lanes the number of transactions that the store runs at the same time
   */
  constructor(
    store: Pick<MessageStore, "appendMessages">,
    onStored: (change: RoomChange) => void,
    lanes = 1,
  ) {
    this.#store = store;
    this.#onStored = onStored;
    this.#lanes = Array.from({ length: lanes }, () => ({ waiting: [], running: 0 }));
  }

  /**
   * Resolves once the message is synced to disk.
   *
   * @throws ChatError with the reason for which it is refused; STORE_BUSY when 20,000 messages are waiting already
   */
  append(message: NewMessage): Promise<Sent> {
    const lane = this.#lanes[laneOf(message.roomId, this.#lanes.length)];
    if (!lane) throw new Error("there is no lane for the room");
    if (this.#waiting >= MAX_WAITING_MESSAGES) {
      const busy = "the server stores messages more slowly than they arrive: try again";
      return Promise.reject(new ChatError("STORE_BUSY", busy, { retryAfterMs: RETRY_AFTER_MS }));
    }
    return new Promise((resolve, reject) => {
      lane.waiting.push({ message, resolve, reject });
      this.#waiting++;
      this.#startNext(lane);
    });
  }

  /** Starts what may start: a transaction when none runs, a second one behind it when enough wait. */
  #startNext(lane: Lane): void {
    while (
      lane.waiting.length >= (lane.running === 0 ? 1 : MIN_QUEUED_MESSAGES) &&
      lane.running < MAX_RUNNING
    ) {
      const batch = lane.waiting.slice(0, MAX_BATCH_MESSAGES);
      lane.waiting = lane.waiting.slice(MAX_BATCH_MESSAGES);
      lane.running++;
      this.#waiting -= batch.length;
      void this.#commit(batch).then(() => {
        lane.running--;
        this.#startNext(lane);
      });
    }
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.#store.appendMessages(batch.map((waiting) => waiting.message));
      for (const [index, waiting] of batch.entries()) {
        const outcome = outcomes[index];
        if (outcome) this.#settle(waiting, outcome);
        else waiting.reject(new Error("the store gave no outcome for a message"));
      }
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    }
  }

  #settle({ message: sent, resolve, reject }: Waiting, outcome: AppendOutcome): void {
    switch (outcome.kind) {
      case "stored": {
        for (const change of outcome.entered ?? []) this.#onStored(change);
        const message = storedMessage(sent, outcome);
        this.#onStored(storedChange(message));
        resolve({ message, duplicate: false });
        return;
      }
      case "duplicate":
        resolve({ message: outcome.message, duplicate: true });
        return;
      case "refused":
        reject(ChatError.fromData(outcome.error));
        return;
      default:
        outcome satisfies never;
    }
  }
}
