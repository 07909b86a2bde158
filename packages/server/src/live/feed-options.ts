import type { Actor } from "../domain/access/callers.ts";
import type { RoomId } from "../domain/ids.ts";
import type { Signal } from "../domain/live/changes.ts";
import type { FeedStore } from "../store/port/live.ts";
import type { MessageStore } from "../store/port/messages.ts";
import type { CatchUps } from "./catch-ups.ts";
import type { ChangeEncoding } from "./event.ts";
import type { Hub } from "./hub.ts";
import type { Outbox } from "./outbox.ts";

/** Everything that all feeds of a server share. */
export interface FeedSources {
  readonly store: FeedStore & Pick<MessageStore, "listLatestMessages" | "listMessagesAfter">;
  readonly hub: Hub;
  readonly catchUps: CatchUps;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Everything that belongs to the stream of one feed. */
export interface FeedOptions<Encoding extends ChangeEncoding> {
  /** Must outlive the feed. */
  readonly outbox: Outbox;
  readonly encoding: Encoding;
  /** Ends the feed: the client has gone, or the server is draining. */
  readonly signal: AbortSignal;
}

/** The user that a feed is for. */
export interface FeedReader {
  /** The account as it is now. */
  actor(): Actor;
  /** False for users who hide their own presence: they don't see anyone else's. */
  seesPresence(): boolean;
  /** Yields, as of each moment, what the user may know of everyone in these rooms who is there. */
  presentIn(roomIds: readonly RoomId[]): Iterator<Signal>;
}
