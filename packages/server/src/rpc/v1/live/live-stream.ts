import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { Presence } from "../../../app/presence/presence.ts";
import type { AccountAsk } from "../../../domain/access/ask.ts";
import { toActor } from "../../../domain/access/callers.ts";
import { ChatError } from "../../../domain/errors.ts";
import type { RoomId } from "../../../domain/ids.ts";
import { Feed } from "../../../live/feed.ts";
import type { FeedReader, FeedSources } from "../../../live/feed-options.ts";
import type { FrameEncoding } from "../../../live/frames.ts";
import type { Heartbeats } from "../../../live/heartbeats.ts";
import { Outbox } from "../../../live/outbox.ts";
import type { WriteTimeouts } from "../../../live/write-timeouts.ts";
import type { StreamContext } from "../../handler.ts";
import { encodeFrame, type StreamTimes } from "./frames.ts";

const STALLED_RETRY_MS = 1_000;
/** After a Drain the stream goes on for this long, so that its client can open another. */
const DRAIN_GRACE_MS = 5_000;
/** A stream of a server that stops has this long to answer its commands. */
const ANSWER_MS = 2_000;
/** The greatest age of a stream varies by this share of it, so that not all streams end at once. */
const AGE_JITTER = 0.1;
const MAX_RECONNECT_MS = 5_000;

interface LiveStreamOptions {
  readonly sources: FeedSources;
  readonly writeTimeouts: WriteTimeouts;
  readonly encoding: FrameEncoding;
  readonly times: StreamTimes;
  readonly heartbeats: Heartbeats;
  readonly presence: Pick<Presence, "presentIn">;
  /** Returns at least 0 and less than 1. */
  readonly random: () => number;
}

/** One open stream of frames: its feed and outbox, with heartbeats, a greatest age and an orderly end. */
export class LiveStream implements Disposable {
  readonly outbox: Outbox;
  readonly feed: Feed;
  readonly #options: LiveStreamOptions;
  readonly #context: StreamContext<AccountAsk>;
  readonly #aged: NodeJS.Timeout;
  /** Ends the stream after a Drain. */
  #ending: NodeJS.Timeout | null = null;
  #isDraining = false;

  constructor(options: LiveStreamOptions, context: StreamContext<AccountAsk>) {
    const { sources, writeTimeouts, encoding, times, heartbeats, random } = options;
    this.#options = options;
    this.#context = context;
    const { joiner } = encoding;
    const onWriteTimeout = (): void => context.end(stalled());
    this.outbox = new Outbox({ writer: context, joiner, writeTimeouts, onWriteTimeout });
    const feedOptions = { outbox: this.outbox, encoding, signal: context.signal };
    this.feed = new Feed(sources, new StreamReader(context, options.presence), feedOptions);
    context.onCallerChange(() => this.feed.onActorChange());
    heartbeats.add(this.outbox);
    const ageMs = times.maxAgeMs * (1 + AGE_JITTER * (2 * random() - 1));
    this.#aged = setTimeout(() => this.#retire(), ageMs).unref();
  }

  sendHeartbeat(): void {
    this.outbox.send(encodeHeartbeat(this.#options.sources.clock()));
  }

  /** Ends the stream with the error once `answered` has resolved and the client has taken the answers. */
  drain(error: unknown, answered: Promise<void>): void {
    const end = (): void => this.#context.end(error);
    this.#endAfter(ANSWER_MS, end);
    this.#sendDrain();
    void answered.then(() => this.outbox.onceFlushed(end));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#aged);
    if (this.#ending) clearTimeout(this.#ending);
    this.#options.heartbeats.remove(this.outbox);
    this.feed[Symbol.dispose]();
    this.outbox[Symbol.dispose]();
  }

  /** Ends a stream that has reached its age; its client has time to open another first. */
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
    this.outbox.send(encodeFrame({ case: "drain", value: { reconnectAfter } }));
  }
}

export function encodeHeartbeat(nowMs: number): Buffer {
  return encodeFrame({ case: "heartbeat", value: { serverTime: timestampFromMs(nowMs) } });
}

/** The caller of the stream. */
class StreamReader implements FeedReader {
  readonly #context: StreamContext<AccountAsk>;
  readonly #presence: Pick<Presence, "presentIn">;

  constructor(context: StreamContext<AccountAsk>, presence: Pick<Presence, "presentIn">) {
    this.#context = context;
    this.#presence = presence;
  }

  presentIn(roomIds: readonly RoomId[]): ReturnType<FeedReader["presentIn"]> {
    const visible = this.seesPresence() ? roomIds : [];
    return this.#presence.presentIn(this.#context.caller.account.id, visible);
  }

  actor(): ReturnType<FeedReader["actor"]> {
    return toActor(this.#context.caller.account);
  }

  seesPresence(): boolean {
    return !this.#context.caller.account.hidesPresence;
  }
}

function stalled(): ChatError {
  const message = "this stream's client has read nothing for too long: reconnect, and resume";
  return new ChatError("CONSUMER_STALLED", message, { retryAfterMs: STALLED_RETRY_MS });
}
