import { durationMs } from "@bufbuild/protobuf/wkt";
import type { v1 } from "@confab/protocol";
import { Code, type ConfabError, UnavailableError } from "../errors.ts";
import type { LiveStream } from "../transport/port.ts";
import { Commands } from "./commands.ts";
import { Watchdog } from "./watchdog.ts";

/** Silence allowed until the server names its heartbeat interval. */
const OPENING_MS = 30_000;
/** A heartbeat may be late; after two missing ones the connection counts as lost. */
const SILENT_INTERVALS = 2.5;

/** Receives the frames of a connection's streams. The callbacks must not throw. */
export interface FrameHandler {
  /**
   * Called when a stream begins. @returns the resume position in each room; none if `isFresh`: the server has refused
   * them, and sends each room as it stands
   */
  onHello(isFresh: boolean): readonly { readonly roomId: string; readonly revision: bigint }[];
  /** Called with each room, gap and event. */
  onFrame(frame: v1.Frame): void;
  /** Called when everything that was missed has arrived. */
  onReady(): void;
  /** Called when no more streams follow. */
  onEnd(error: ConfabError): void;
}

type StreamHandler = Pick<FrameHandler, "onFrame" | "onReady">;

/** The outcome of a stream. */
export interface StreamEnd {
  readonly wasReady: boolean;
  /** null if the stream reached its maximum age, or was left because the server asked for it. */
  readonly error: unknown;
}

/** Reads one stream to its end: dispatches its frames and watches for silence. */
export class Stream {
  readonly #frames: LiveStream["frames"];
  readonly #handler: StreamHandler;
  readonly #cancel: (why: "silent" | "left") => void;
  readonly #commands: Commands;
  #isReady = false;
  #isOver = false;
  #isSilent = false;
  #leaveTimer: ReturnType<typeof setTimeout> | undefined;
  #leaveAtMs = 0;
  #isLeft = false;

  /** `cancel` ends the stream. */
  constructor(stream: LiveStream, handler: StreamHandler, cancel: (why: "silent" | "left") => void) {
    this.#frames = stream.frames;
    this.#handler = handler;
    this.#cancel = cancel;
    this.#commands = new Commands(stream);
  }

  /** True while commands can be sent. */
  get isReady(): boolean {
    return this.#isReady && !this.#isOver && !this.#isLeft;
  }

  get commands(): Commands {
    return this.#commands;
  }

  /** Milliseconds left until the server wants a new stream. */
  get drainMs(): number {
    return this.#isLeft ? 0 : Math.max(0, this.#leaveAtMs - performance.now());
  }

  /** Dispatches frames until the stream ends. Rejects only when the handler throws. */
  async run(): Promise<StreamEnd> {
    let error: unknown = null;
    using watchdog = new Watchdog(OPENING_MS, () => {
      this.#isSilent = true;
      this.#cancel("silent");
    });
    const frames = this.#frames[Symbol.asyncIterator]();
    for (;;) {
      const next = await frames.next().catch((thrown: unknown) => {
        error = thrown;
        return null;
      });
      if (!next || next.done) break;
      watchdog.feed();
      for (const frame of next.value) this.#dispatch(frame, watchdog);
    }
    this.#isOver = true;
    clearTimeout(this.#leaveTimer);
    this.#commands.fail(connectionLost(error));
    if (this.#isSilent) error = connectionLost();
    else if (this.#isLeft) error = null;
    return { wasReady: this.#isReady, error };
  }

  #dispatch(frame: v1.Frame, watchdog: Watchdog): void {
    switch (frame.frame.case) {
      case "ready": {
        const { heartbeatInterval } = frame.frame.value;
        if (heartbeatInterval) watchdog.limitMs = SILENT_INTERVALS * durationMs(heartbeatInterval);
        this.#isReady = true;
        this.#handler.onReady();
        return;
      }
      case "result":
        this.#commands.settle(frame.frame.value);
        return;
      case "heartbeat":
        return;
      case "drain":
        this.#drain(frame.frame.value);
        return;
      default:
        this.#handler.onFrame(frame);
    }
  }

  /** Leaves the stream at the time the server asked for, unless it ends first. */
  #drain({ reconnectAfter }: v1.Drain): void {
    const afterMs = reconnectAfter ? durationMs(reconnectAfter) : 0;
    this.#leaveAtMs = performance.now() + afterMs;
    this.#leaveTimer = setTimeout(() => {
      this.#isLeft = true;
      this.#cancel("left");
    }, afterMs);
  }
}

/** Makes the error for commands whose stream has ended; the server may have executed them. */
export function connectionLost(cause?: unknown): ConfabError {
  const message = "the connection was lost";
  return new UnavailableError({ reason: "CONNECTION_LOST", code: Code.UNAVAILABLE, message, cause });
}
