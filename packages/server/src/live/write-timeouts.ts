/** A stream whose writes are timed. */
export interface TimedWriter {
  /** The number of the write in flight; 0 when there is none. */
  readonly writeInFlight: number;
  readonly bytesInFlight: number;
  /** Called once, when the same write has been in flight for too long, or too much is in flight. */
  onWriteTimeout(): void;
}

/** A client that takes nothing at all for this long loses its stream. It may reconnect and resume. */
const WRITE_TIMEOUT_MS = 30_000;
const SWEEP_INTERVAL_MS = 1_000;
/** The most bytes in flight to all clients that have taken nothing since the last sweep. */
const MAX_STALLED_BYTES = 16 * 1024 * 1024;

interface Seen {
  /** The write that was in flight at the last sweep. */
  write: number;
  /** The time of the first sweep that saw it. */
  sinceMs: number;
}

/**
 * Finds the streams whose clients have stopped reading. All streams share one timer, and a write reads no clock: its
 * time counts from the first sweep that sees it. Where these streams hold too much together, those that hold most end.
 */
export class WriteTimeouts implements Disposable {
  readonly #writers = new Map<TimedWriter, Seen>();
  readonly #timeoutMs: number;
  readonly #timer: NodeJS.Timeout;

  constructor(timeoutMs = WRITE_TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs;
    this.#timer = setInterval(() => this.#sweep(), Math.min(SWEEP_INTERVAL_MS, timeoutMs / 2));
    this.#timer.unref();
  }

  add(writer: TimedWriter): void {
    this.#writers.set(writer, { write: 0, sinceMs: 0 });
  }

  remove(writer: TimedWriter): void {
    this.#writers.delete(writer);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #sweep(): void {
    // A monotonic clock: the wall clock may jump.
    const nowMs = performance.now();
    const stalled: TimedWriter[] = [];
    for (const [writer, seen] of this.#writers) {
      const write = writer.writeInFlight;
      if (write === 0) continue;
      if (write !== seen.write) {
        seen.write = write;
        seen.sinceMs = nowMs;
      } else if (nowMs - seen.sinceMs >= this.#timeoutMs) {
        this.#end(writer);
      } else {
        stalled.push(writer);
      }
    }
    this.#endLargest(stalled);
  }

  #endLargest(stalled: TimedWriter[]): void {
    let bytes = 0;
    for (const writer of stalled) bytes += writer.bytesInFlight;
    if (bytes <= MAX_STALLED_BYTES) return;
    stalled.sort((one, other) => other.bytesInFlight - one.bytesInFlight);
    for (const writer of stalled) {
      if (bytes <= MAX_STALLED_BYTES) return;
      bytes -= writer.bytesInFlight;
      this.#end(writer);
    }
  }

  #end(writer: TimedWriter): void {
    this.#writers.delete(writer);
    writer.onWriteTimeout();
  }
}
