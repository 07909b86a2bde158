import type { RoomChange } from "../domain/changes.ts";
import type { RoomId } from "../domain/ids.ts";
import type { Message } from "../domain/messages.ts";
import type { MessageStore } from "../store/port/messages.ts";
import type { ChangeEncoding, LiveBatch, LiveChange } from "./event.ts";
import type { Hub } from "./hub.ts";
import { Outbox, type ResponseWriter } from "./outbox.ts";
import { concatResponses, Joiner } from "./responses.ts";
import type { StallWatch } from "./stall-watch.ts";
import { WakeUp } from "./wake-up.ts";

const PAGE_SIZE = 100;
/** How far a feed reads ahead of the socket. What is read from the store is this stream's alone: nobody shares it. */
const MAX_READ_AHEAD_BYTES = 128 * 1024;

/** How a contract tells of messages: one response each, and how several are written at once. */
export interface MessageEncoding extends ChangeEncoding {
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

/** Where a feed comes from; the same for all feeds of a server. */
export interface FeedSources {
  readonly store: Pick<MessageStore, "listLatestMessages" | "listMessagesAfter">;
  readonly hub: Hub;
  readonly stallWatch: StallWatch;
}

export interface FeedOptions {
  readonly roomId: RoomId;
  /** How many of the room's newest messages to begin with. */
  readonly recent: number;
  readonly encoding: MessageEncoding;
  readonly writer: ResponseWriter;
  /** Called when the client has taken nothing for too long. It should abort the signal. */
  readonly onStalled: () => void;
  /** Ends the feed: the client went, or the server drains. */
  readonly signal: AbortSignal;
}

/**
 * Sends a room's recent messages and then every new one, in order, each once, until the signal ends it.
 *
 * The feed either catches up (it reads pages from the store, each when the socket has taken the one before)
 * or is live (the hub pushes into its outbox). It listens to the hub from before its first read on, and goes
 * live only when it has read as far as the hub has fanned out, so nothing falls between the two. When a slow
 * reader's queue overflows, the queue is dropped and the feed catches up again from the last message that
 * was written.
 *
 * @throws the signal's reason; it ends in no other way
 */
export async function follow({ store, hub, stallWatch }: FeedSources, options: FeedOptions): Promise<never> {
  const { roomId, recent, encoding, writer, onStalled, signal } = options;
  using outbox = new Outbox(writer, { joiner: encoding.joiner, onStalled });
  const wakeUp = new WakeUp(signal);
  let isLive = false;
  /** The last message that was written or queued, and up to where all of the room's changes are known. */
  let reachedSeq = 0;
  let reachedRevision = 0;
  /** Small while messages are large: what doesn't fit has been read in vain. */
  let pageSize = PAGE_SIZE;

  using subscriptions = new DisposableStack();
  stallWatch.add(outbox);
  subscriptions.defer(() => stallWatch.remove(outbox));
  const listener = { onChanges, onSignal() {} };
  hub.listen(roomId, listener);
  subscriptions.defer(() => hub.leave(roomId, listener));

  await begin();
  for (;;) {
    await drained();
    if ((await readOn()) || hub.head(roomId) > reachedRevision) continue;
    // Nothing is awaited between that comparison and this: what the hub fans out from here on is pushed.
    isLive = true;
    await wakeUp.wait();
  }

  function onChanges(batch: LiveBatch): void {
    if (!isLive) return;
    const isNext = batch.firstRevision === reachedRevision + 1 && batch.firstSeq > reachedSeq;
    if (isNext && batch.isAllMessages && outbox.push(batch.encoded(encoding))) {
      reachedRevision = batch.lastRevision;
      reachedSeq = batch.lastSeq;
      return;
    }
    for (const event of batch.events) onChange(event);
  }

  function onChange(event: LiveChange): void {
    const { revision, change } = event.value;
    if (!isLive || revision <= reachedRevision) return;
    const isNext = revision === reachedRevision + 1;
    reachedRevision = Math.max(reachedRevision, revision);
    if (isNext && !isNew(change, reachedSeq)) return;
    if (isNext && change.kind === "message" && outbox.push(event.encoded(encoding.change))) {
      reachedSeq = change.message.seq;
      return;
    }
    isLive = false;
    wakeUp.wake();
  }

  async function begin(): Promise<void> {
    const latest = await store.listLatestMessages({ roomId, limit: recent });
    signal.throwIfAborted();
    queueWhatFits(latest);
  }

  /** Reads the next page. True when there may be more to read. */
  async function readOn(): Promise<boolean> {
    const { messages: page, revision } = await store.listMessagesAfter({
      roomId,
      afterSeq: reachedSeq,
      limit: pageSize,
    });
    signal.throwIfAborted();
    const queued = queueWhatFits(page);
    const mayBeMore = queued < page.length || page.length === pageSize;
    if (!mayBeMore) reachedRevision = Math.max(reachedRevision, revision);
    pageSize = queued < page.length ? queued : Math.min(2 * pageSize, PAGE_SIZE);
    return mayBeMore;
  }

  /**
   * Queues the first of them, as many as may be read ahead, and returns their number: at least one, when the
   * socket has taken all before. The rest is read again later, so that a client that takes nothing holds no page.
   */
  function queueWhatFits(messages: readonly Message[]): number {
    for (const [index, message] of messages.entries()) {
      const bytes = message.deleted ? null : encoding.message(message);
      if (bytes && outbox.queuedBytes + bytes.length > MAX_READ_AHEAD_BYTES) return index;
      if (bytes) outbox.push(bytes);
      reachedSeq = message.seq;
    }
    return messages.length;
  }

  function drained(): Promise<void> {
    const woken = wakeUp.wait();
    outbox.onceDrained(() => wakeUp.wake());
    return woken;
  }
}

/** A message that the stream has not sent. The simple contract knows no edits: what it has sent stays. */
function isNew(change: RoomChange["change"], reachedSeq: number): boolean {
  return change.kind === "message" && change.message.seq > reachedSeq && !change.message.deleted;
}
