/** A stream that heartbeats are sent to. */
interface Receiver {
  send(frame: Buffer): void;
}

/** An interval is divided into this many slots, so that the streams don't all get theirs at once. */
const SLOTS = 50;

/**
 * Sends each stream a heartbeat once an interval, the first one interval after it was added. All streams share one
 * timer, and those of a slot share the frame.
 */
export class Heartbeats {
  readonly #slots: Set<Receiver>[] = Array.from({ length: SLOTS }, () => new Set());
  readonly #slotOf = new Map<Receiver, Set<Receiver>>();
  readonly #intervalMs: number;
  readonly #encode: () => Buffer;
  #timer: NodeJS.Timeout | null = null;
  #current = 0;

  /** @param encode makes the frame, just before it is sent */
  constructor(intervalMs: number, encode: () => Buffer) {
    this.#intervalMs = intervalMs;
    this.#encode = encode;
  }

  add(stream: Receiver): void {
    const slot = this.#slots[this.#current];
    if (!slot) return;
    slot.add(stream);
    this.#slotOf.set(stream, slot);
    this.#timer ??= setInterval(() => this.#sendNext(), this.#intervalMs / SLOTS).unref();
  }

  remove(stream: Receiver): void {
    this.#slotOf.get(stream)?.delete(stream);
    this.#slotOf.delete(stream);
    if (this.#slotOf.size > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #sendNext(): void {
    this.#current = (this.#current + 1) % SLOTS;
    const slot = this.#slots[this.#current];
    if (!slot || slot.size === 0) return;
    const frame = this.#encode();
    for (const stream of slot) stream.send(frame);
  }
}
