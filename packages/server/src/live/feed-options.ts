import type { FeedStore } from "../store/port/feeds.ts";
import type { Actor } from "../store/port/outcomes.ts";
import type { FrameEncoding } from "./frames.ts";
import type { Hub } from "./hub.ts";
import type { ResponseWriter } from "./outbox.ts";
import type { StallWatch } from "./stall-watch.ts";

/** Where a feed comes from; the same for all feeds of a server. */
export interface FeedSources {
  readonly store: FeedStore;
  readonly hub: Hub;
  readonly stallWatch: StallWatch;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Whose feed it is. */
export interface FeedReader {
  /** As they are now. */
  actor(): Actor;
  /** Whether they may see who is there: who hides it from others does not see others. */
  seesPresence(): boolean;
}

export interface FeedOptions {
  readonly reader: FeedReader;
  readonly encoding: FrameEncoding;
  readonly writer: ResponseWriter;
  /** Called when the client has taken nothing for too long. It should abort the signal. */
  readonly onStalled: () => void;
  /** Ends the feed: the client went, or the server drains. */
  readonly signal: AbortSignal;
}
