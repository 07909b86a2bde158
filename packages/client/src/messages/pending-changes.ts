import { asConfabError, Code, type ConfabError, QuotaError } from "../errors.ts";
import type { MessageRecord } from "../live/records.ts";
import { orAborted } from "../waiting.ts";
import { retryAfter } from "./retrying.ts";
import type { UnsentWork } from "./unsent-work.ts";

/** Most changes of a room that may wait at once. */
const MAX_PENDING = 1_000;

/** A change of a stored message. */
export interface MessageChange<T> {
  readonly seq: number;
  /** Returns the message as it will be; the same object if it is so already. */
  readonly apply: (message: MessageRecord) => MessageRecord;
  /** Makes the change on the server; may be repeated. @throws ConfabError */
  readonly post: () => Promise<T>;
  /** The emoji of the user's reaction that changes. */
  readonly emoji?: string;
  /** The call, to be made again after a restart. */
  readonly work: UnsentWork;
}

interface PendingOptions {
  readonly isOnline: () => boolean;
  /** Waits some milliseconds. @throws when the chat is closed */
  readonly wait: (ms: number) => Promise<void>;
  /** Returns true if the message is among those shown. */
  readonly isShown: (seq: number) => boolean;
  /** Called when messages are shown otherwise. */
  readonly onChanged: () => void;
  /** Called when `work` changes. */
  readonly onWork: () => void;
}

interface Entry {
  readonly change: MessageChange<unknown>;
  readonly done: PromiseWithResolvers<unknown>;
  isUnderWay: boolean;
  /** True once the server has made the change: it is shown until the stream has brought it. */
  isMade: boolean;
  /** The message's revision in the answer; undefined if the answer has none. */
  revision: number | undefined;
  /** True once the stream has brought the reaction. */
  isSeen: boolean;
}

/**
 * The changes of a room's messages that the server has not made yet. Each is shown at once, waits for a connection, goes after
 * those before it, and is taken back if the server refuses it.
 */
export class PendingChanges {
  readonly #options: PendingOptions;
  #entries: readonly Entry[] = [];
  #shown = new WeakMap<MessageRecord, MessageRecord>();
  #isRunning = false;
  #end: ConfabError | null = null;

  constructor(options: PendingOptions) {
    this.#options = options;
  }

  /** Shows a change and resolves with the server's answer. @throws ConfabError, the signal's reason */
  async add<T>(change: MessageChange<T>, signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted();
    if (this.#end) throw this.#end;
    if (this.#entries.length >= MAX_PENDING) throw tooMany();
    const done = Promise.withResolvers<unknown>();
    const entry = { change, done, isUnderWay: false, isMade: false, revision: undefined, isSeen: false };
    this.#set([...this.#entries, entry]);
    void this.flush();
    try {
      return (await orAborted(done.promise, signal)) as T;
    } catch (error) {
      // A change on its way can't be called back.
      if (signal?.aborted && !entry.isUnderWay) this.#remove(entry);
      throw error;
    }
  }

  /** Returns the message as it is shown. */
  show(message: MessageRecord): MessageRecord {
    const own = this.#entries.filter(({ change }) => change.seq === message.seq);
    if (own.length === 0) return message;
    const cached = this.#shown.get(message);
    if (cached) return cached;
    const brought = own.filter((entry) => isBrought(entry, message));
    if (brought.length > 0) this.#entries = this.#entries.filter((entry) => !brought.includes(entry));
    const waiting = own.filter((entry) => !brought.includes(entry));
    const shown = waiting.reduce((before, { change }) => change.apply(before), message);
    this.#shown.set(message, shown);
    return shown;
  }

  /** The calls that the server has not answered. */
  get work(): readonly UnsentWork[] {
    return this.#entries.filter(({ isMade }) => !isMade).map(({ change }) => change.work);
  }

  /** Called when the stream brings a reaction of the user's, or its removal. */
  reactionCame(seq: number, emoji: string): void {
    const entry = this.#entries.find(
      ({ change, isSeen }) => !isSeen && change.seq === seq && isSameEmoji(change.emoji ?? "", emoji),
    );
    if (!entry) return;
    entry.isSeen = true;
    if (entry.isMade) this.#remove(entry);
  }

  /** Called when the stream is live: it has brought every change that was made. */
  ready(): void {
    const waiting = this.#entries.filter(({ isMade }) => !isMade);
    if (waiting.length < this.#entries.length) this.#set(waiting);
    void this.flush();
  }

  /** Makes the waiting changes, one after the other, while there is a connection. */
  async flush(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      for (let next = this.#next(); next && this.#options.isOnline(); next = this.#next()) {
        await this.#post(next);
      }
    } catch {
      // The chat is closed; `end` has rejected every entry.
    } finally {
      this.#isRunning = false;
    }
  }

  /** Rejects all changes, and those that are added later. */
  end(error: ConfabError): void {
    this.#end = error;
    for (const { done } of this.#entries) done.reject(error);
    this.#set([]);
  }

  async #post(entry: Entry): Promise<void> {
    entry.isUnderWay = true;
    try {
      this.#made(entry, await entry.change.post());
    } catch (thrown) {
      if (!this.#entries.includes(entry)) return;
      const error = asConfabError(thrown);
      const retryMs = retryAfter(error);
      if (retryMs === null) {
        this.#remove(entry);
        entry.done.reject(error);
      } else if (this.#options.isOnline()) {
        await this.#options.wait(retryMs);
      }
    } finally {
      entry.isUnderWay = false;
    }
  }

  #made(entry: Entry, answer: unknown): void {
    if (!this.#entries.includes(entry)) return;
    entry.isMade = true;
    entry.revision = isMessage(answer) ? answer.revision : undefined;
    // Nothing is shown otherwise: what the stream brings takes the place of the change.
    const isOver = entry.isSeen || !this.#options.isShown(entry.change.seq);
    if (isOver) this.#entries = this.#entries.filter((other) => other !== entry);
    this.#shown = new WeakMap();
    this.#options.onWork();
    entry.done.resolve(answer);
  }

  #next(): Entry | undefined {
    return this.#entries.find(({ isMade }) => !isMade);
  }

  #remove(entry: Entry): void {
    this.#set(this.#entries.filter((other) => other !== entry));
  }

  #set(entries: readonly Entry[]): void {
    this.#entries = entries;
    this.#shown = new WeakMap();
    this.#options.onChanged();
    this.#options.onWork();
  }
}

/** Returns true if the message, as the server sent it, contains a change that was made. */
function isBrought({ change, isMade, revision }: Entry, message: MessageRecord): boolean {
  if (!isMade) return false;
  return revision === undefined ? change.apply(message) === message : message.revision >= revision;
}

function isMessage(answer: unknown): answer is MessageRecord {
  return typeof answer === "object" && answer !== null && "revision" in answer;
}

/** Compares emoji as the server does, with and without U+FE0F. */
export function isSameEmoji(one: string, other: string): boolean {
  return one.replaceAll("\u{fe0f}", "") === other.replaceAll("\u{fe0f}", "");
}

function tooMany(): QuotaError {
  const message = `${MAX_PENDING} changes are waiting already: wait until some of them are made`;
  return new QuotaError({ reason: "OUTBOX_FULL", code: Code.RESOURCE_EXHAUSTED, message });
}
