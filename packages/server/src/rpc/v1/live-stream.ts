import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { ChatError } from "../../domain/errors.ts";
import type { RoomId } from "../../domain/ids.ts";
import { Feed } from "../../live/feed.ts";
import type { FeedOptions, FeedSources } from "../../live/feed-options.ts";
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
  readonly actor: FeedOptions["actor"];
  readonly seesPresence: FeedOptions["seesPresence"];
}

/** One open stream of frames: the feed, with what keeps the connection in order. */
export class LiveStream implements Disposable {
  readonly feed: Feed;
  readonly #options: LiveStreamOptions;
  readonly #context: StreamContext;
  readonly #timers = new DisposableStack();
  #isDraining = false;

  constructor(options: LiveStreamOptions, context: StreamContext) {
    const { sources, encoding, times, pulse, random, actor, seesPresence } = options;
    const { write, signal, end } = context;
    this.#options = options;
    this.#context = context;
    this.feed = this.#timers.use(
      new Feed(sources, {
        actor,
        seesPresence,
        encoding,
        write,
        signal,
        onStalled: () => end(stalled()),
      }),
    );
    this.#timers.use(pulse.add((frame) => this.feed.send(frame)));
    const ageMs = times.maxAgeMs * (1 + AGE_JITTER * (2 * random() - 1));
    const aged = setTimeout(() => this.#retire(), ageMs).unref();
    this.#timers.defer(() => clearTimeout(aged));
  }

  sendHeartbeat(): void {
    this.feed.send(encodeHeartbeat(this.#options.sources.clock()));
  }

  /** Ends the stream with the error, once `answered` has resolved and its client has taken the answers. */
  drain(error: unknown, answered: Promise<void>): void {
    const end = (): void => this.#context.end(error);
    const timer = setTimeout(end, ANSWER_MS);
    this.#timers.defer(() => clearTimeout(timer));
    this.#sendDrain();
    void answered.then(() => this.feed.onceDrained(end));
  }

  [Symbol.dispose](): void {
    this.#timers.dispose();
  }

  /** A stream at the end of its age tells its client, and leaves it the time to open another. */
  #retire(): void {
    this.#sendDrain();
    const timer = setTimeout(() => this.#context.finish(), DRAIN_GRACE_MS);
    this.#timers.defer(() => clearTimeout(timer));
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

function stalled(): ChatError {
  const message = "this stream's client has read nothing for too long: reconnect, and resume";
  return new ChatError("CONSUMER_STALLED", message, { retryAfterMs: STALLED_RETRY_MS });
}
