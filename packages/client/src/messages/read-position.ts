import { v1 } from "@confab/protocol";
import { asConfabError, type ConfabError, required } from "../errors.ts";
import { toSeq } from "../fields.ts";
import type { RoomCache } from "../live/room-cache.ts";
import type { RoomContext } from "../rooms/context.ts";
import { delay } from "../waiting.ts";
import { moveRead, takeCounts } from "./counting.ts";
import { retryAfter } from "./retrying.ts";

/** At most one call in this time asks for exact counts. */
const COUNT_EVERY_MS = 1_000;

interface Waiting {
  readonly readSeq: number;
  readonly resolve: () => void;
  readonly reject: (error: ConfabError) => void;
}

/** The user's read position in a room, sent to the server one call at a time, and the unread counts after it. */
export class ReadPosition {
  readonly #context: RoomContext;
  readonly #cache: RoomCache;
  readonly #onStale: () => void;
  #waiting: Waiting[] = [];
  /** The position that the server has, while others wait. */
  #confirmedSeq = 0;
  #isRunning = false;
  #isCounting = false;
  #end: ConfabError | null = null;

  /** `onStale` is called when the counts have to be asked for again. */
  constructor(context: RoomContext, cache: RoomCache, onStale: () => void) {
    this.#context = context;
    this.#cache = cache;
    this.#onStale = onStale;
  }

  /** Moves the position up to a message, never back; resolves when the server has it. @throws ConfabError */
  async move(seq: number): Promise<void> {
    if (seq !== Number.POSITIVE_INFINITY) toSeq(seq);
    const { state } = this.#cache;
    const readSeq = Math.min(seq, state.topSeq);
    if (readSeq > state.readSeq) {
      if (this.#waiting.length === 0) this.#confirmedSeq = state.readSeq;
      this.#cache.set(moveRead(state, readSeq));
      return this.#send(readSeq);
    }
    const last = Math.max(0, ...this.#waiting.map((waiting) => waiting.readSeq));
    if (last > 0 || this.#end) await this.#send(last);
  }

  /** Sends the newest waiting position while there is a connection. */
  async flush(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#waiting.length > 0 && this.#context.connection.isOnline) await this.#post();
    this.#isRunning = false;
  }

  /** Rejects everything that waits and every later call. */
  end(error: ConfabError): void {
    this.#end = error;
    this.#fail(error);
  }

  /** Asks for the counts that can't be computed here; calls made meanwhile share one request. */
  async refreshCounts(): Promise<void> {
    if (this.#isCounting) return;
    this.#isCounting = true;
    const { session, background, closed } = this.#context;
    const request = { roomId: this.#cache.state.room.id };
    try {
      const { room } = await background.run(() => session.call(v1.RoomService.method.getRoom, request));
      this.#cache.set(takeCounts(this.#cache.state, required(room)));
      await delay(COUNT_EVERY_MS, closed);
    } catch {
      // The cached counts stay until the next event or the next read of `info`.
    } finally {
      this.#isCounting = false;
    }
    if (this.#cache.state.needsCounts) this.#onStale();
  }

  #send(readSeq: number): Promise<void> {
    if (this.#end) return Promise.reject(this.#end);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ readSeq, resolve, reject });
    this.#keep();
    void this.flush();
    return promise;
  }

  /** Keeps the newest waiting position over a restart. */
  #keep(): void {
    const roomId = this.#cache.state.room.id;
    const seq = Math.max(0, ...this.#waiting.map(({ readSeq }) => readSeq));
    this.#context.unsentWork.set(roomId, "read", () => (seq > 0 ? [{ kind: "read", roomId, seq }] : []));
  }

  #fail(error: ConfabError): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#keep();
    for (const { reject } of waiting) reject(error);
  }

  /** Moves back to the position that the server has. */
  #takeBack(error: ConfabError): void {
    this.#cache.set({ ...this.#cache.state, readSeq: this.#confirmedSeq, needsCounts: true });
    this.#fail(error);
  }

  async #post(): Promise<void> {
    const { connection } = this.#context;
    const readSeq = Math.max(...this.#waiting.map((waiting) => waiting.readSeq));
    const value = { roomId: this.#cache.state.room.id, readSeq: BigInt(readSeq) };
    try {
      await connection.request({ case: "updateReadCursor", value });
      this.#confirmedSeq = readSeq;
      const done = this.#waiting.filter((waiting) => waiting.readSeq <= readSeq);
      this.#waiting = this.#waiting.filter((waiting) => waiting.readSeq > readSeq);
      this.#keep();
      for (const { resolve } of done) resolve();
    } catch (thrown) {
      const error = asConfabError(thrown);
      const retryMs = retryAfter(error);
      if (!connection.isOnline) return;
      // If the chat is closed meanwhile, `end` has rejected everything that waits.
      if (retryMs !== null) await delay(retryMs, this.#context.closed).catch(() => {});
      else this.#takeBack(error);
    }
  }
}
