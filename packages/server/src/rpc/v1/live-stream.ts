import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { toActor } from "../../app/refusals.ts";
import { requireAccount } from "../../app/require.ts";
import { ChatError } from "../../domain/errors.ts";
import type { RoomId } from "../../domain/ids.ts";
import { Feed } from "../../live/feed.ts";
import type { FeedReader, FeedSources } from "../../live/feed-options.ts";
import type { FrameEncoding } from "../../live/frames.ts";
import type { Pulse } from "../../live/pulse.ts";
import type { StreamContext } from "../handler.ts";
import { encodeFrame, type StreamTimes } from "./frames.ts";

const STALLED_RETRY_MS = 1_000;
/** How long after a Drain a stream goes on, for its client to open another. */
const DRAIN_GRACE_MS = 5_000;
/** How long a stream of a server that stops has to answer what it was asked. */
const ANSWER_MS = 2_000;
/** A stream's age differs from others' by this part of it. */
const AGE_JITTER = 0.1;
const MAX_RECONNECT_MS = 5_000;

export interface Cursor {
  readonly roomId: RoomId;
  readonly revision: number;
}

export interface LiveStreamOptions {
  readonly sources: FeedSources;
  readonly encoding: FrameEncoding;
  readonly times: StreamTimes;
  /** What sends the heartbeats. */
  readonly pulse: Pulse;
  /** At least 0 and less than 1. */
  readonly random: () => number;
}

/** One open stream of frames: the feed, with what keeps the connection in order. */
export class LiveStream implements Disposable {
  readonly feed: Feed;
  readonly #options: LiveStreamOptions;
  readonly #context: StreamContext;
  readonly #aged: NodeJS.Timeout;
  /** Ends a stream that has been told to drain. */
  #ending: NodeJS.Timeout | null = null;
  #isDraining = false;

  constructor(options: LiveStreamOptions, context: StreamContext) {
    const { sources, encoding, times, pulse, random } = options;
    this.#options = options;
    this.#context = context;
    this.feed = new Feed(sources, {
      reader: new StreamReader(context),
      encoding,
      writer: context,
      signal: context.signal,
      onStalled: () => context.end(stalled()),
    });
    context.onCallerChange(() => this.feed.changeActor());
    pulse.add(this.feed);
    const ageMs = times.maxAgeMs * (1 + AGE_JITTER * (2 * random() - 1));
    this.#aged = setTimeout(() => this.#retire(), ageMs).unref();
  }

  sendHeartbeat(): void {
    this.feed.send(encodeHeartbeat(this.#options.sources.clock()));
  }

  /** Ends the stream with the error, once `answered` has resolved and its client has taken the answers. */
  drain(error: unknown, answered: Promise<void>): void {
    const end = (): void => this.#context.end(error);
    this.#endAfter(ANSWER_MS, end);
    this.#sendDrain();
    void answered.then(() => this.feed.onceDrained(end));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#aged);
    if (this.#ending) clearTimeout(this.#ending);
    this.#options.pulse.remove(this.feed);
    this.feed[Symbol.dispose]();
  }

  /** A stream at the end of its age tells its client, and leaves it the time to open another. */
  #retire(): void {
    this.#sendDrain();
    this.#endAfter(DRAIN_GRACE_MS, () => this.#context.finish());
  }

  #endAfter(ms: number, end: () => void): void {
    if (this.#ending) clearTimeout(this.#ending);
    this.#ending = setTimeout(end, ms);
  }

  #sendDrain(): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    const reconnectAfter = durationFromMs(Math.round(this.#options.random() * MAX_RECONNECT_MS));
    this.feed.send(encodeFrame({ case: "drain", value: { reconnectAfter } }));
  }
}

export function encodeHeartbeat(nowMs: number): Buffer {
  return encodeFrame({ case: "heartbeat", value: { serverTime: timestampFromMs(nowMs) } });
}

/** Whoever has opened the stream, as they are now. */
class StreamReader implements FeedReader {
  readonly #context: StreamContext;

  constructor(context: StreamContext) {
    this.#context = context;
  }

  actor(): ReturnType<FeedReader["actor"]> {
    return toActor(requireAccount(this.#context.caller));
  }

  seesPresence(): boolean {
    return !requireAccount(this.#context.caller).account.hidesPresence;
  }
}

function stalled(): ChatError {
  const message = "this stream's client has read nothing for too long: reconnect, and resume";
  return new ChatError("CONSUMER_STALLED", message, { retryAfterMs: STALLED_RETRY_MS });
}
