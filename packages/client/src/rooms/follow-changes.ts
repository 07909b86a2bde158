import { orAborted } from "../waiting.ts";
import { ask, type Followed, isOver } from "./follow-messages.ts";
import type { MessageRecord } from "./records.ts";
import type { Change } from "./reduce.ts";
import type { RoomEvent } from "./room-event.ts";

/** So many changes wait for a slow reader; with more, it is given what has become of the room by then. */
const MAX_WAITING = 1_000;

/** The changes of a room that wait for one reader. */
export class ChangeQueue {
  #waiting: { readonly change: Change; readonly revision: number }[] = [];
  /** Something is missing: what has changed since `revision` has to be read. */
  isBroken = false;
  revision: number;
  /** The newest message that the reader has heard of. */
  topSeq: number;
  /** Of the messages that were missed, those that have been read by now. */
  readonly read = new Set<number>();

  constructor(revision: number, topSeq: number) {
    this.revision = revision;
    this.topSeq = topSeq;
  }

  push(change: Change, revision: number): void {
    if (this.#waiting.length >= MAX_WAITING) this.break();
    else this.#waiting.push({ change, revision });
  }

  /** What waits is of no use any more. */
  break(): void {
    this.isBroken = true;
    this.#waiting = [];
  }

  /** The server has less than it had: what is known is not of this room any more. */
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

/** All that happens in the room, in order; after something was missed, what has become of the messages since. */
export async function* followChanges(
  followed: Followed,
  queue: ChangeQueue,
  { signal, queues }: { readonly signal: AbortSignal | undefined; readonly queues: Set<ChangeQueue> },
): AsyncGenerator<RoomEvent, void, undefined> {
  const { context, knowledge } = followed;
  const roomId = knowledge.state.room.id;
  const { revision: reached, topSeq } = queue;
  using progress = context.cursors.follow(roomId, "changes", { reached, topSeq });
  // Between being asked for and being read, something may have happened.
  queue.rewind(knowledge.state.revision, knowledge.state.topSeq);
  if (queue.revision !== knowledge.state.revision) queue.break();
  queues.add(queue);
  try {
    while (!isOver(followed)) {
      signal?.throwIfAborted();
      if (queue.isBroken) {
        yield* readMissed(followed, queue, signal);
      } else {
        const next = queue.next();
        if (!next) {
          await orAborted(knowledge.changed, signal);
          continue;
        }
        yield await toEvent(followed, next, signal);
        reach(queue, next.change, next.revision);
      }
      progress.advance({ reached: queue.revision, topSeq: queue.topSeq });
    }
  } finally {
    queues.delete(queue);
  }
}

/** One page of what was missed, and in the end the room itself. */
async function* readMissed(
  followed: Followed,
  queue: ChangeQueue,
  signal: AbortSignal | undefined,
): AsyncGenerator<RoomEvent, void, undefined> {
  const { history } = followed;
  // What comes from here on waits, and is dropped where the pages have it.
  queue.isBroken = false;
  for (let hasMore = true; hasMore && !queue.isBroken; ) {
    const page = await ask(followed, () => history.since(queue.revision, { signal }), signal);
    if (!page) {
      queue.break();
      return;
    }
    for (const message of page.messages) {
      const change = { kind: kindOf(message, queue), message } as const;
      yield await toEvent(followed, { change, revision: message.revision }, signal);
      // Not the newest message: one that comes later in the order of changes may be older, and new as well.
      queue.read.add(message.seq);
      queue.revision = Math.max(queue.revision, message.revision);
    }
    hasMore = page.hasMore;
    if (!hasMore) queue.revision = Math.max(queue.revision, page.revision);
  }
  if (queue.isBroken) return;
  queue.topSeq = Math.max(queue.topSeq, ...queue.read);
  queue.read.clear();
  yield { kind: "room", info: followed.info(), revision: queue.revision };
}

function reach(queue: ChangeQueue, change: Change, revision: number): void {
  queue.revision = Math.max(queue.revision, revision);
  if ("message" in change) queue.topSeq = Math.max(queue.topSeq, change.message.seq);
}

function kindOf(
  { isDeleted, seq }: MessageRecord,
  { topSeq, read }: ChangeQueue,
): "message" | "edited" | "deleted" {
  if (isDeleted) return "deleted";
  return seq > topSeq && !read.has(seq) ? "message" : "edited";
}

async function toEvent(
  { context, views, info }: Followed,
  { change, revision }: { readonly change: Change; readonly revision: number },
  signal: AbortSignal | undefined,
): Promise<RoomEvent> {
  switch (change.kind) {
    case "message":
    case "edited":
    case "deleted":
      await context.directory.load([change.message.senderId], signal);
      return { kind: change.kind, message: views.message(change.message), revision };
    case "member":
      await context.directory.load([change.member.userId], signal);
      return { kind: "member", member: views.member(change.member), actorId: change.actorId, revision };
    case "room":
      return { kind: "room", info: info(), revision };
    case "reaction":
      return { ...change, revision };
    default:
      return change satisfies never;
  }
}
