import type { RoomId } from "../domain/ids.ts";
import type { Change } from "../domain/live/changes.ts";
import type { Message } from "../domain/messages/message.ts";
import { Condition } from "./condition.ts";
import type { ChangeEncoding, LiveBatch, LiveChange } from "./event.ts";
import type { FeedOptions, FeedSources } from "./feed-options.ts";
import type { RoomListener } from "./hub.ts";
import type { Outbox } from "./outbox.ts";
import { PageSize } from "./page-size.ts";
import { concatResponses, Joiner } from "./responses.ts";

const MAX_PAGE = 100;
/** The most bytes that a feed reads ahead of the socket. Streams don't share what they read from the store. */
const MAX_READ_AHEAD_BYTES = 128 * 1024;

/** Encodes messages for one contract: each as a response, and several as one write. */
interface MessageEncoding extends ChangeEncoding {
  readonly message: (message: Message) => Buffer;
}

/** @param message encodes a message, behind its prefix */
export function messageEncoding(message: MessageEncoding["message"]): MessageEncoding {
  return {
    message,
    change({ change }) {
      if (change.kind !== "message") throw new Error(`a ${change.kind} is not a message`);
      return message(change.message);
    },
    joiner: new Joiner(concatResponses),
  };
}

interface Followed {
  readonly roomId: RoomId;
  /** The number of the room's newest messages to begin with. */
  readonly recent: number;
}

/**
 * Sends a room's recent messages and then every new one: in order, each once.
 *
 * 1. Listen to the hub, and send the recent messages.
 * 2. Catch up: read the next messages in pages, each after the client has taken the one before.
 * 3. Seam: with everything that the hub has fanned out, the feed goes live. Nothing is awaited in between, so there is
 *    neither hole nor overlap.
 * 4. Live: the hub pushes messages into the outbox.
 * 5. Fall behind: after a message that doesn't fit into the outbox, or is missing, the feed goes back to 2.
 */
export class MessageFeed implements RoomListener, Disposable {
  readonly #sources: FeedSources;
  readonly #followed: Followed;
  readonly #outbox: Outbox;
  readonly #encoding: MessageEncoding;
  readonly #signal: AbortSignal;
  readonly #hasWork: Condition;
  /** Notified of each message that was queued, while someone waits for one. */
  #hasQueued: Condition | null = null;
  #isLive = false;
  /** The last message that was queued. */
  #reachedSeq = 0;
  /** All changes up to this revision have been taken into account. */
  #reachedRevision = 0;
  readonly #pageSize = new PageSize(MAX_PAGE);

  constructor(sources: FeedSources, followed: Followed, options: FeedOptions<MessageEncoding>) {
    this.#sources = sources;
    this.#followed = followed;
    this.#outbox = options.outbox;
    this.#encoding = options.encoding;
    this.#signal = options.signal;
    this.#hasWork = new Condition(options.signal);
    sources.hub.listen(followed.roomId, this);
  }

  [Symbol.dispose](): void {
    this.#sources.hub.leave(this.#followed.roomId, this);
  }

  /** Runs until the signal ends it. @throws the signal's reason; it ends in no other way */
  async run(): Promise<never> {
    const { hub } = this.#sources;
    await this.#sendRecent();
    for (;;) {
      await this.#outboxFlushed();
      const mayBeMore = await this.#readPage();
      if (mayBeMore || hub.head(this.#followed.roomId) > this.#reachedRevision) continue;
      this.#isLive = true;
      await this.#hasWork.wait();
    }
  }

  /** Resolves once the stream has been given every message up to this one. @throws the signal's reason */
  async given(seq: number): Promise<void> {
    this.#hasQueued = new Condition(this.#signal);
    while (this.#reachedSeq < seq) await this.#hasQueued.wait();
    await new Promise<void>((resolve) => this.#outbox.onceEmpty(resolve));
  }

  async #sendRecent(): Promise<void> {
    const { roomId, recent: limit } = this.#followed;
    const { store, clock } = this.#sources;
    const latest = await store.listLatestMessages({ roomId, limit, nowMs: clock() });
    this.#signal.throwIfAborted();
    this.#queue(latest);
  }

  #outboxFlushed(): Promise<void> {
    const flushed = this.#hasWork.wait();
    this.#outbox.onceFlushed(() => this.#hasWork.notify());
    return flushed;
  }

  /** Returns false when it has read to the room's end. */
  async #readPage(): Promise<boolean> {
    const { roomId } = this.#followed;
    const limit = this.#pageSize.now;
    const { store, clock } = this.#sources;
    const query = { roomId, afterSeq: this.#reachedSeq, limit, nowMs: clock() };
    const { messages: page, revision } = await store.listMessagesAfter(query);
    this.#signal.throwIfAborted();
    const queued = this.#queue(page);
    const mayBeMore = queued < page.length || page.length === limit;
    if (!mayBeMore) this.#reachedRevision = Math.max(this.#reachedRevision, revision);
    this.#pageSize.fit(queued < page.length ? queued : null);
    return mayBeMore;
  }

  /**
   * Queues as many messages as may be read ahead, and returns their number: at least one, when the outbox is empty. The
   * rest is read again later, so that a client that takes nothing holds no page.
   */
  #queue(messages: readonly Message[]): number {
    for (const [index, message] of messages.entries()) {
      const bytes = message.deleted ? null : this.#encoding.message(message);
      if (bytes && this.#outbox.queuedBytes + bytes.length > MAX_READ_AHEAD_BYTES) return index;
      if (bytes) this.#outbox.push(bytes);
      this.#reach(message.seq);
    }
    return messages.length;
  }

  #reach(seq: number): void {
    this.#reachedSeq = seq;
    this.#hasQueued?.notify();
  }

  onChanges(batch: LiveBatch): void {
    if (!this.#isLive) return;
    const isNext = batch.firstRevision === this.#reachedRevision + 1 && batch.firstSeq > this.#reachedSeq;
    if (isNext && batch.isAllMessages && this.#outbox.push(batch.encoded(this.#encoding))) {
      this.#reachedRevision = batch.lastRevision;
      this.#reach(batch.lastSeq);
      return;
    }
    for (const event of batch.events) this.#onChange(event);
  }

  onSignal(): void {}

  #onChange(event: LiveChange): void {
    const { revision, change } = event.value;
    if (!this.#isLive || revision <= this.#reachedRevision) return;
    const isNext = revision === this.#reachedRevision + 1;
    this.#reachedRevision = revision;
    if (isNext && !isNew(change, this.#reachedSeq)) return;
    if (isNext && change.kind === "message" && this.#outbox.push(event.encoded(this.#encoding.change))) {
      this.#reach(change.message.seq);
      return;
    }
    this.#isLive = false;
    this.#hasWork.notify();
  }
}

/** A message that the stream has not sent. The simple contract knows no edits: what was sent stays. */
function isNew(change: Change, reachedSeq: number): boolean {
  return change.kind === "message" && change.message.seq > reachedSeq && !change.message.deleted;
}
