/** A hold is over in milliseconds. Past this its thread has died, and the store with it. */
const MAX_HELD_MS = 1_000;

const READING = 0;
const HELD = 1;

/** Returns the memory that all threads of one store make their latches of. */
export function latchMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
}

/**
 * Counts the reads under way in all threads, and lets the writer hold back the next ones for a moment: SQLite can
 * begin its log again only when no read needs the old one.
 */
export class ReadLatch {
  readonly #cells: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.#cells = new Int32Array(memory);
  }

  /** Begins a read; waits while reads are held back. */
  enter(): void {
    let isLate = false;
    for (;;) {
      Atomics.add(this.#cells, READING, 1);
      if (isLate || Atomics.load(this.#cells, HELD) === 0) return;
      Atomics.sub(this.#cells, READING, 1);
      isLate = Atomics.wait(this.#cells, HELD, 1, MAX_HELD_MS) === "timed-out";
    }
  }

  leave(): void {
    Atomics.sub(this.#cells, READING, 1);
  }

  /** Holds back all reads that have not begun. Returns true when none is under way. */
  hold(): boolean {
    Atomics.store(this.#cells, HELD, 1);
    return Atomics.load(this.#cells, READING) === 0;
  }

  release(): void {
    Atomics.store(this.#cells, HELD, 0);
    Atomics.notify(this.#cells, HELD);
  }
}
