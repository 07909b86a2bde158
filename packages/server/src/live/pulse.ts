/** Something that is to beat once an interval. */
type Beat = (frame: Buffer) => void;

/** Into how many parts an interval is divided, so that not all beat at once. */
const PARTS = 50;

/**
 * Beats for all streams: each once an interval, the first time one interval after it came. One timer for all of them, and
 * a frame that those have in common who beat together.
 */
export class Pulse {
  readonly #parts: Set<Beat>[] = Array.from({ length: PARTS }, () => new Set());
  readonly #intervalMs: number;
  readonly #encode: () => Buffer;
  #timer: NodeJS.Timeout | null = null;
  #part = 0;
  #count = 0;

  /** @param encode makes the frame, as it is at that moment */
  constructor(intervalMs: number, encode: () => Buffer) {
    this.#intervalMs = intervalMs;
    this.#encode = encode;
  }

  /** Beats until disposed of. */
  add(beat: Beat): Disposable {
    const part = this.#parts[this.#part];
    part?.add(beat);
    this.#count++;
    this.#timer ??= setInterval(() => this.#beatNext(), this.#intervalMs / PARTS).unref();
    return {
      [Symbol.dispose]: () => {
        if (!part?.delete(beat)) return;
        this.#count--;
        if (this.#count > 0 || !this.#timer) return;
        clearInterval(this.#timer);
        this.#timer = null;
      },
    };
  }

  #beatNext(): void {
    this.#part = (this.#part + 1) % PARTS;
    const part = this.#parts[this.#part];
    if (!part || part.size === 0) return;
    const frame = this.#encode();
    for (const beat of part) beat(frame);
  }
}
