import type { MessageInitShape } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import type { v1 } from "@confab/protocol";
import { asConfabError, Code, ConfabError, NotFoundError } from "../errors.ts";
import { orAborted } from "../waiting.ts";
import type { MessageRecord } from "./records.ts";
import type { SendOptions } from "./room.ts";
import type { UnsentCount } from "./unsent-count.ts";

/** The longest that the client waits by itself before it sends a message again; with more it has failed. */
const MAX_RETRY_MS = 10_000;
/** How long it waits where the server doesn't say. */
const DEFAULT_RETRY_MS = 500;

/** The end of a refusal that may pass; the message keeps its place meanwhile. */
const PASSING: readonly number[] = [Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED];

/** A message that is not stored yet, as far as the client knows. */
export interface Unsent {
  readonly request: MessageInitShape<typeof v1.SendMessageRequestSchema> & {
    readonly clientMessageId: string;
  };
  /** How it is shown meanwhile. */
  readonly echo: MessageRecord;
  /** Why it was refused; null while it is to be sent. */
  readonly error: ConfabError | null;
}

/** Who the sends of one room depend on. */
export interface OutgoingOptions {
  readonly roomId: string;
  readonly meId: string;
  readonly nowMs: () => number;
  readonly count: UnsentCount;
  readonly isOnline: () => boolean;
  /** Sends to the server. @throws ConfabError */
  readonly post: (request: Unsent["request"]) => Promise<MessageRecord>;
  /** Waits. @throws when the chat is closed */
  readonly wait: (ms: number) => Promise<void>;
  /** The server has stored a message. */
  readonly onStored: (message: MessageRecord) => void;
  readonly onChanged: () => void;
}

interface Entry extends Unsent {
  error: ConfabError | null;
  /** Settled anew with each retry. */
  done: PromiseWithResolvers<MessageRecord>;
  isUnderWay: boolean;
}

/**
 * The messages of one room that are to be sent, in order: the next goes when the server has stored or refused the one
 * before, so that not even a refusal that passes brings them out of order. Each keeps its id, so that sending it again
 * after a lost connection stores it once.
 */
export class Outgoing {
  readonly #options: OutgoingOptions;
  #entries: readonly Entry[] = [];
  #isRunning = false;
  #end: ConfabError | null = null;

  constructor(options: OutgoingOptions) {
    this.#options = options;
  }

  /** In the order of sending. */
  get unsent(): readonly Unsent[] {
    return this.#entries;
  }

  /** Queues a message and resolves once it is stored. @throws ConfabError, the signal's reason */
  async add(text: string, options: SendOptions): Promise<MessageRecord> {
    options.signal?.throwIfAborted();
    if (this.#end) throw this.#end;
    this.#options.count.check();
    const entry = this.#toEntry(text, options);
    if (this.#find(entry.request.clientMessageId)) throw idInUse(entry.request.clientMessageId);
    this.#change([...this.#entries, entry], 1);
    void this.resume();
    return this.#settled(entry, options.signal);
  }

  /** Sends a failed message again, as the last. @throws NotFoundError */
  retry(clientMessageId: string): Promise<MessageRecord> {
    const entry = this.#failed(clientMessageId);
    entry.error = null;
    entry.done = Promise.withResolvers();
    this.#change([...this.#entries.filter((other) => other !== entry), entry], 0);
    void this.resume();
    return entry.done.promise;
  }

  /** Forgets a failed message. @throws NotFoundError */
  discard(clientMessageId: string): void {
    this.#remove(this.#failed(clientMessageId));
  }

  /** Takes note of a message that the stream has brought: it may be one of these. */
  heard(message: MessageRecord): void {
    const entry = message.isMine ? this.#find(message.clientMessageId) : undefined;
    if (entry) this.#store(entry, message);
  }

  /** Sends what waits, one after the other, as long as there is a connection. */
  async resume(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      for (let next = this.#next(); next && this.#options.isOnline(); next = this.#next()) {
        await this.#send(next);
      }
    } catch {
      // The chat is closed: `end` has told everyone.
    } finally {
      this.#isRunning = false;
    }
  }

  /** Gives up on all of them, and on those that are added later. */
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
    try {
      // The event may come before the answer.
      const stored = await Promise.race([this.#options.post(entry.request), entry.done.promise]);
      this.#store(entry, stored);
    } catch (error) {
      if (!this.#entries.includes(entry)) return;
      await this.#refused(entry, asConfabError(error));
    } finally {
      entry.isUnderWay = false;
    }
  }

  async #refused(entry: Entry, error: ConfabError): Promise<void> {
    if (!this.#options.isOnline()) return;
    const retryMs = retryAfter(error);
    if (retryMs !== null) {
      await this.#options.wait(retryMs);
      return;
    }
    entry.error = error;
    this.#change([...this.#entries], 0);
    entry.done.reject(error);
  }

  async #settled(entry: Entry, signal: AbortSignal | undefined): Promise<MessageRecord> {
    try {
      return await orAborted(entry.done.promise, signal);
    } catch (error) {
      // What is on its way can't be called back, and what has failed stays to be seen.
      if (signal?.aborted && !entry.isUnderWay && !entry.error) this.#remove(entry);
      throw error;
    }
  }

  #store(entry: Entry, message: MessageRecord): void {
    if (!this.#entries.includes(entry)) return;
    this.#options.onStored(message);
    this.#remove(entry);
    entry.done.resolve(message);
  }

  #next(): Entry | undefined {
    return this.#entries.find(({ error }) => error === null);
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

  #toEntry(text: string, options: SendOptions): Entry {
    const { roomId, meId, nowMs } = this.#options;
    const clientMessageId = options.clientMessageId ?? crypto.randomUUID();
    const { replyToSeq = 0, threadRootSeq = 0, mentionUserIds = [], payloadType = "", ttlMs } = options;
    const payload = options.payload ?? new Uint8Array();
    const now = new Date(nowMs());
    const common = {
      roomId,
      clientMessageId,
      text,
      mentionUserIds: [...mentionUserIds],
      payload,
      payloadType,
    };
    return {
      request: {
        ...common,
        replyToSeq: BigInt(replyToSeq),
        threadRootSeq: BigInt(threadRootSeq),
        ...(ttlMs !== undefined && { ttl: durationFromMs(ttlMs) }),
      },
      echo: {
        ...common,
        seq: 0,
        id: "",
        senderId: meId,
        isMine: true,
        replyToSeq,
        threadRootSeq,
        mentionsMe: false,
        reactions: [],
        isPinned: false,
        isDeleted: false,
        isEdited: false,
        createTime: now,
        updateTime: now,
        revision: 0,
        isSure: true,
      },
      error: null,
      done: Promise.withResolvers(),
      isUnderWay: false,
    };
  }
}

/** How long to wait before the same may be stored; null where it has failed. */
function retryAfter({ code, retryAfterMs }: ConfabError): number | null {
  const passes = PASSING.includes(code) || (code === Code.RESOURCE_EXHAUSTED && retryAfterMs !== undefined);
  const waitMs = retryAfterMs ?? DEFAULT_RETRY_MS;
  return passes && waitMs <= MAX_RETRY_MS ? waitMs : null;
}

function idInUse(clientMessageId: string): ConfabError {
  const message = `the message "${clientMessageId}" is unsent already: retry or discard it`;
  return new ConfabError({ reason: "MESSAGE_ID_REUSED", code: Code.INVALID_ARGUMENT, message });
}
