import { NotFoundError } from "../errors.ts";
import { getMessage } from "../messages/calls.ts";
import type { Message } from "../messages/message.ts";
import { find } from "../messages/window.ts";
import { orAborted } from "../waiting.ts";
import { type Followed, isOver, withRetry } from "./following.ts";
import type { MessageRecord } from "./records.ts";
import type { Change } from "./reduce.ts";
import type { RoomEvent } from "./room-event.ts";

/** Most changes that wait for a slow reader; beyond it, the reader gets the changed messages in their latest state. */
const MAX_WAITING = 1_000;

/** The changes of a room that one reader has not read yet. */
export class ChangeQueue {
  #waiting: { readonly change: Change; readonly revision: number }[] = [];
  /** True if changes are missing: everything since `revision` must be read by pages. */
  isBroken = false;
  revision: number;
  /** The seq of the newest message that the reader was given. */
  topSeq: number;
  /** The seqs of missed messages that were read since the queue broke. */
  readonly read = new Set<number>();

  constructor(revision: number, topSeq: number) {
    this.revision = revision;
    this.topSeq = topSeq;
  }

  push(change: Change, revision: number): void {
    if (this.#waiting.length >= MAX_WAITING) this.break();
    else this.#waiting.push({ change, revision });
  }

  /** Drops what waits, because it has a gap. */
  break(): void {
    this.isBroken = true;
    this.#waiting = [];
  }

  /** Moves the position back if the server has less than before, as after a restored backup. */
  rewind(revision: number, topSeq: number): void {
    if (revision >= this.revision) return;
    this.revision = revision;
    this.topSeq = Math.min(this.topSeq, topSeq);
  }

  next(): { readonly change: Change; readonly revision: number } | undefined {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      if (next.revision > this.revision) return next;
    }
    return undefined;
  }
}

/** Yields the room's changes in order; after a gap, the changed messages in their latest state, and the gap. */
export async function* followChanges(
  followed: Followed,
  queue: ChangeQueue,
  { signal, queues }: { readonly signal: AbortSignal | undefined; readonly queues: Set<ChangeQueue> },
): AsyncGenerator<RoomEvent, void, undefined> {
  const { context, cache } = followed;
  const roomId = cache.state.room.id;
  const { revision: reached, topSeq } = queue;
  using progress = context.cursors.follow(roomId, "changes", { reached, topSeq });
  // The room may have changed between the call and the first read.
  queue.rewind(cache.state.revision, cache.state.topSeq);
  if (queue.revision !== cache.state.revision) queue.break();
  queues.add(queue);
  try {
    while (!isOver(followed)) {
      signal?.throwIfAborted();
      if (queue.isBroken) {
        yield* readMissed(followed, queue, signal);
      } else {
        const next = queue.next();
        if (!next) {
          await orAborted(cache.changed, signal);
          continue;
        }
        const event = await toEvent(followed, next, signal);
        if (event) yield event;
        reach(queue, next.change, next.revision);
      }
      progress.advance({ reached: queue.revision, topSeq: queue.topSeq });
    }
    if (cache.error) throw cache.error;
  } finally {
    queues.delete(queue);
  }
}

/** Yields the messages that changed since `queue.revision`, page by page, and finally the gap. */
async function* readMissed(
  followed: Followed,
  queue: ChangeQueue,
  signal: AbortSignal | undefined,
): AsyncGenerator<RoomEvent, void, undefined> {
  const { history } = followed;
  // Changes from here on are queued; `next` drops those that the pages contain.
  queue.isBroken = false;
  for (let hasMore = true; hasMore && !queue.isBroken; ) {
    const page = await withRetry(followed, () => history.since(queue.revision, { signal }), signal);
    if (!page) {
      queue.break();
      return;
    }
    for (const message of page.messages) {
      const change = { kind: kindOf(message, queue), message } as const;
      const event = await toEvent(followed, { change, revision: message.revision }, signal);
      if (event) yield event;
      // `topSeq` moves only at the end: a later change may be about an older message that is new as well.
      queue.read.add(message.seq);
      queue.revision = Math.max(queue.revision, message.revision);
    }
    hasMore = page.hasMore;
    if (!hasMore) queue.revision = Math.max(queue.revision, page.revision);
  }
  if (queue.isBroken) return;
  queue.topSeq = Math.max(queue.topSeq, ...queue.read);
  queue.read.clear();
  yield { kind: "gap", info: followed.info.get(), revision: queue.revision };
}

function reach(queue: ChangeQueue, change: Change, revision: number): void {
  queue.revision = Math.max(queue.revision, revision);
  if ("message" in change) queue.topSeq = Math.max(queue.topSeq, change.message.seq);
}

function kindOf(
  { isDeleted, seq }: MessageRecord,
  { topSeq, read }: ChangeQueue,
): "message" | "updated" | "deleted" {
  if (isDeleted) return "deleted";
  return seq > topSeq && !read.has(seq) ? "message" : "updated";
}

/** Returns the event for a reader; null if nothing is left to say. */
async function toEvent(
  followed: Followed,
  { change, revision }: { readonly change: Change; readonly revision: number },
  signal: AbortSignal | undefined,
): Promise<RoomEvent | null> {
  const { context, views, info } = followed;
  const show = async (record: MessageRecord): Promise<Message> => {
    await context.directory.load([record.senderId], signal);
    return views.message(record);
  };
  switch (change.kind) {
    case "message":
    case "updated":
    case "deleted": {
      const { kind, message } = change;
      const record = message.knowsOwnReactions
        ? message
        : await latest(followed, { seq: message.seq, revision, signal });
      return { kind, message: await show(record ?? message), revision };
    }
    case "member":
      await context.directory.load([change.member.userId], signal);
      return { kind: "member", member: views.member(change.member), actorId: change.actorId, revision };
    case "room":
      return { kind: "room", info: info.get(), revision };
    case "reaction": {
      const record = await latest(followed, { seq: change.seq, revision, signal });
      if (!record) return null;
      return { kind: "updated", message: await show(record), reaction: change.reaction, revision };
    }
    default:
      return change satisfies never;
  }
}

interface Wanted {
  readonly seq: number;
  /** The state of this revision or a later one. */
  readonly revision: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Returns a message with the user's own reactions, which events don't contain; null if it is deleted, of which another
 * change tells, or if the room has ended.
 */
async function latest(followed: Followed, { seq, revision, signal }: Wanted): Promise<MessageRecord | null> {
  const { context, cache } = followed;
  const key = { roomId: cache.state.room.id, seq };
  const cached = find(cache.state.window, seq);
  let record = cached?.knowsOwnReactions && cached.revision >= revision ? cached : null;
  while (!record) {
    if (isOver(followed)) return null;
    try {
      record = await withRetry(followed, () => getMessage(context, key, { signal }), signal);
    } catch (error) {
      // Retention has erased it.
      if (error instanceof NotFoundError) return null;
      throw error;
    }
  }
  return record.isDeleted ? null : record;
}
