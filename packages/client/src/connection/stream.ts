import { durationMs } from "@bufbuild/protobuf/wkt";
import type { v1 } from "@confab/protocol";
import { Code, type ConfabError, UnavailableError } from "../errors.ts";
import type { LiveStream } from "../transport/port.ts";
import { Commands } from "./commands.ts";
import { Watchdog } from "./watchdog.ts";

/** How long a stream may take to say anything, until it says itself how often it will. */
const OPENING_MS = 30_000;
/** A heartbeat may be late; when two fail to come the connection is lost. */
const SILENT_INTERVALS = 2.5;

/** Who is told what comes on the streams of a connection. None of them may throw. */
export interface FrameHandler {
  /** A stream begins. @returns where to go on from in each room */
  onHello(): readonly { readonly roomId: string; readonly revision: bigint }[];
  /** A room, a gap, an event. */
  onFrame(frame: v1.Frame): void;
  /** Everything missed has come. */
  onReady(): void;
  /** There will be no more streams. */
  onEnd(error: ConfabError): void;
}

/** Of that, what is about one stream. */
type StreamHandler = Pick<FrameHandler, "onFrame" | "onReady">;

/** What became of a stream. */
export interface StreamEnd {
  readonly wasReady: boolean;
  /** null: it came to the end of its age, or was left for another as the server had asked. */
  readonly error: unknown;
}

/** One stream, from hello to its end. */
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

  /** Whether commands may be sent. */
  get isReady(): boolean {
    return this.#isReady && !this.#isOver && !this.#isLeft;
  }

  get commands(): Commands {
    return this.#commands;
  }

  /** How long the server wants to be left alone yet. */
  get drainMs(): number {
    return this.#isLeft ? 0 : Math.max(0, this.#leaveAtMs - performance.now());
  }

  /** Hands over what comes, until the stream ends. Rejects only when the handler throws. */
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
      watchdog.heard();
      for (const frame of next.value) this.#take(frame, watchdog);
    }
    this.#isOver = true;
    clearTimeout(this.#leaveTimer);
    this.#commands.fail(connectionLost());
    if (this.#isSilent) error = connectionLost();
    else if (this.#isLeft) error = null;
    return { wasReady: this.#isReady, error };
  }

  #take(frame: v1.Frame, watchdog: Watchdog): void {
    switch (frame.frame.case) {
      case "ready": {
        const { heartbeatInterval } = frame.frame.value;
        if (heartbeatInterval) watchdog.limitMs = SILENT_INTERVALS * durationMs(heartbeatInterval);
        this.#isReady = true;
        this.#handler.onReady();
        return;
      }
      case "result":
        this.#commands.take(frame.frame.value);
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

  /** The stream is left for another when the server wants it, unless it ends before. */
  #drain({ reconnectAfter }: v1.Drain): void {
    const afterMs = reconnectAfter ? durationMs(reconnectAfter) : 0;
    this.#leaveAtMs = performance.now() + afterMs;
    this.#leaveTimer = setTimeout(() => {
      this.#isLeft = true;
      this.#cancel("left");
    }, afterMs);
  }
}

/** What commands end with whose stream has ended: they may have been obeyed or not. */
export function connectionLost(): ConfabError {
  const message = "the connection was lost";
  return new UnavailableError({ reason: "CONNECTION_LOST", code: Code.UNAVAILABLE, message });
}
