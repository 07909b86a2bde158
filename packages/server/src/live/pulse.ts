/** What is sent a frame once an interval. */
export interface Beating {
  send(frame: Buffer): void;
}

/** Into how many parts an interval is divided, so that not all are sent to at once. */
const PARTS = 50;

/**
 * Sends all streams a heartbeat: to each once an interval, the first time one interval after it came. One timer for all
 * of them, and a frame that those have in common who are sent it together.
 */
export class Pulse {
  readonly #parts: Set<Beating>[] = Array.from({ length: PARTS }, () => new Set());
  readonly #partOf = new Map<Beating, Set<Beating>>();
  readonly #intervalMs: number;
  readonly #encode: () => Buffer;
  #timer: NodeJS.Timeout | null = null;
  #part = 0;

  /** @param encode makes the frame, as it is at that moment */
  constructor(intervalMs: number, encode: () => Buffer) {
    this.#intervalMs = intervalMs;
    this.#encode = encode;
  }

  add(stream: Beating): void {
    const part = this.#parts[this.#part];
    if (!part) return;
    part.add(stream);
    this.#partOf.set(stream, part);
    this.#timer ??= setInterval(() => this.#beatNext(), this.#intervalMs / PARTS).unref();
  }

  remove(stream: Beating): void {
    this.#partOf.get(stream)?.delete(stream);
    this.#partOf.delete(stream);
    if (this.#partOf.size > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #beatNext(): void {
    this.#part = (this.#part + 1) % PARTS;
    const part = this.#parts[this.#part];
    if (!part || part.size === 0) return;
    const frame = this.#encode();
    for (const stream of part) stream.send(frame);
  }
}
