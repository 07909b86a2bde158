import { asConfabError, Code, type ConfabError, isBreach, NotFoundError } from "../errors.ts";
import type { MessageRecord } from "../live/records.ts";
import type { SendOptions } from "../rooms/room.ts";
import { orAborted } from "../waiting.ts";
import { retryAfter } from "./retrying.ts";
import type { UnsentCount } from "./unsent-count.ts";
import { idInUse, isSameRequest, toUnsent, type Unsent } from "./unsent-message.ts";

/** Most messages of a room that are sent without waiting for the answers to those before. */
const MAX_UNDER_WAY = 64;

/** A message fails when it was on its way in this many streams that the server ended for something that they sent. */
const MAX_BROKEN_STREAMS = 3;

/** A message on its way. */
export interface Post {
  readonly commandId: string;
  /** Resolves once the server has stored it. Rejects with a ConfabError. */
  readonly stored: Promise<MessageRecord>;
}

interface OutgoingOptions {
  readonly roomId: string;
  readonly meId: string;
  readonly nowMs: () => number;
  readonly count: UnsentCount;
  /** @throws ConfabError if the server would refuse the request for its size */
  readonly checkSize: (request: Unsent["request"]) => void;
  readonly isOnline: () => boolean;
  /**
   * Sends to the server; after another message, `AFTER_REFUSED` refuses it if that one is refused.
   * @throws UnavailableError without a connection
   */
  readonly post: (request: Unsent["request"], after: Post | null) => Post;
  /** Waits some milliseconds. @throws when the chat is closed */
  readonly wait: (ms: number) => Promise<void>;
  /** Called when the server has stored a message. */
  readonly onStored: (message: MessageRecord) => void;
  readonly onChanged: () => void;
}

interface Entry extends Unsent {
  error: ConfabError | null;
  /** Replaced by each retry. */
  done: PromiseWithResolvers<MessageRecord>;
  isUnderWay: boolean;
  /** The number of calls of `send` that wait for it. */
  senders: number;
  /** The number of such streams: see `MAX_BROKEN_STREAMS`. */
  brokenStreams: number;
}

/**
 * The outbox of one room. It sends without waiting for answers, each message after the one before: where one is refused, the
 * server refuses those behind it, and they are sent again, so that even a temporary refusal keeps the order. Each message keeps its
 * id, so that a resend after a lost connection stores it once.
 */
export class Outgoing {
  readonly #options: OutgoingOptions;
  #entries: readonly Entry[] = [];
  /** The messages under way, stored ones included until their answer comes. */
  #underWay = 0;
  /** The last one of them. */
  #last: Post | null = null;
  /** Most messages that may be under way: one after a temporary refusal, and twice as many after each success. */
  #limit = MAX_UNDER_WAY;
  /** True after a refusal, until everything under way has come back and the wait is over. */
  #isHalted = false;
  #retryMs = 0;
  #end: ConfabError | null = null;

  constructor(options: OutgoingOptions) {
    this.#options = options;
  }

  /** The messages in the order of sending. */
  get unsent(): readonly Unsent[] {
    return this.#entries;
  }

  /** Queues a message and resolves once it is stored. @throws ConfabError, the signal's reason */
  async add(text: string, options: SendOptions): Promise<MessageRecord> {
    const unsent = toUnsent(text, options, this.#options);
    options.signal?.throwIfAborted();
    if (this.#end) throw this.#end;
    const same = this.#find(unsent.request.clientMessageId);
    if (same && !same.error && isSameRequest(same.request, unsent.request)) {
      return this.#settled(same, options.signal);
    }
    if (same) throw idInUse(same);
    this.#options.count.check();
    this.#options.checkSize(unsent.request);
    const done = Promise.withResolvers<MessageRecord>();
    const entry = { ...unsent, done, isUnderWay: false, senders: 0, brokenStreams: 0 };
    this.#change([...this.#entries, entry], 1);
    this.flush();
    return this.#settled(entry, options.signal);
  }

  /** Moves a failed message to the end and sends it again. @throws NotFoundError */
  retry(clientMessageId: string): Promise<MessageRecord> {
    const entry = this.#failed(clientMessageId);
    entry.error = null;
    entry.brokenStreams = 0;
    entry.done = Promise.withResolvers();
    this.#change([...this.#entries.filter((other) => other !== entry), entry], 0);
    this.flush();
    return entry.done.promise;
  }

  /** Removes a failed message. @throws NotFoundError */
  discard(clientMessageId: string): void {
    this.#remove(this.#failed(clientMessageId));
  }

  /** Called with each message of the stream: it may be one of these. */
  received(message: MessageRecord): void {
    const entry = message.isMine ? this.#find(message.clientMessageId) : undefined;
    if (entry) this.#store(entry, message);
  }

  /** Sends what waits, while there is a connection. */
  flush(): void {
    while (!this.#isHalted && this.#underWay < this.#limit && this.#options.isOnline()) {
      const next = this.#entries.find(({ error, isUnderWay }) => error === null && !isUnderWay);
      if (!next) return;
      // Messages that a broken stream may be due to go alone, so that only the culprit is blamed.
      const suspects = [next, ...this.#entries.filter(({ isUnderWay }) => isUnderWay)];
      if (this.#underWay > 0 && suspects.some(({ brokenStreams }) => brokenStreams > 0)) return;
      void this.#send(next);
    }
  }

  /** Rejects all entries, and those that are added later. */
  end(error: ConfabError): void {
    this.#end = error;
    for (const { done } of this.#entries) {
      done.promise.catch(() => {});
      done.reject(error);
    }
    this.#change([], -this.#entries.length);
  }

  async #send(entry: Entry): Promise<void> {
    entry.isUnderWay = true;
    this.#underWay++;
    try {
      this.#last = this.#options.post(entry.request, this.#last);
      this.#store(entry, await this.#last.stored);
      this.#limit = Math.min(MAX_UNDER_WAY, this.#limit * 2);
    } catch (error) {
      this.#isHalted = true;
      if (this.#entries.includes(entry)) this.#refused(entry, asConfabError(error));
    }
    entry.isUnderWay = false;
    this.#underWay--;
    if (this.#underWay === 0) await this.#goOn();
    this.flush();
  }

  /** Ends the halt after a refusal, once nothing is under way. */
  async #goOn(): Promise<void> {
    this.#last = null;
    try {
      if (this.#retryMs > 0) await this.#options.wait(this.#retryMs);
      this.#isHalted = false;
    } catch {
      // The chat is closed; `end` has rejected every entry.
    }
    this.#retryMs = 0;
  }

  #refused(entry: Entry, error: ConfabError): void {
    const { cause, reason } = error;
    if (isBreach(cause) && ++entry.brokenStreams === MAX_BROKEN_STREAMS) {
      this.#fail(entry, cause);
      return;
    }
    if (!this.#options.isOnline() || reason === "AFTER_REFUSED") return;
    const retryMs = retryAfter(error);
    if (retryMs === null) {
      this.#fail(entry, error);
      return;
    }
    this.#retryMs = Math.max(this.#retryMs, retryMs);
    this.#limit = 1;
  }

  #fail(entry: Entry, error: ConfabError): void {
    entry.error = error;
    this.#change([...this.#entries], 0);
    entry.done.reject(error);
  }

  async #settled(entry: Entry, signal: AbortSignal | undefined): Promise<MessageRecord> {
    entry.senders++;
    try {
      return await orAborted(entry.done.promise, signal);
    } catch (error) {
      entry.senders--;
      // A message on its way can't be called back, a failed one stays visible, and another sender may want it still.
      if (signal?.aborted && !entry.isUnderWay && !entry.error && entry.senders === 0) this.#remove(entry);
      throw error;
    }
  }

  #store(entry: Entry, message: MessageRecord): void {
    if (!this.#entries.includes(entry)) return;
    this.#options.onStored(message);
    this.#remove(entry);
    entry.done.resolve(message);
  }

  #find(clientMessageId: string): Entry | undefined {
    return this.#entries.find(({ request }) => request.clientMessageId === clientMessageId);
  }

  #failed(clientMessageId: string): Entry {
    const entry = this.#find(clientMessageId);
    if (entry?.error) return entry;
    const message = `no message "${clientMessageId}" has failed in this room`;
    throw new NotFoundError({ reason: "MESSAGE_NOT_FOUND", code: Code.NOT_FOUND, message });
  }

  #remove(entry: Entry): void {
    if (!this.#entries.includes(entry)) return;
    this.#change(
      this.#entries.filter((other) => other !== entry),
      -1,
    );
  }

  #change(entries: readonly Entry[], added: number): void {
    this.#entries = entries;
    this.#options.onChanged();
    this.#options.count.add(added);
  }
}
