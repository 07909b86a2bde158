import type { ConfabError } from "../errors.ts";
import { asConfabError } from "../errors.ts";

/** Who a read position depends on. */
export interface ReadPositionOptions {
  readonly isOnline: () => boolean;
  /** Tells the server. @throws ConfabError */
  readonly post: (readSeq: number) => Promise<unknown>;
}

interface Waiting {
  readonly readSeq: number;
  readonly resolve: () => void;
  readonly reject: (error: ConfabError) => void;
}

/** Tells the server how far one has read: one call at a time, always the newest position. */
export class ReadPosition {
  readonly #options: ReadPositionOptions;
  #waiting: Waiting[] = [];
  #isRunning = false;
  #end: ConfabError | null = null;

  constructor(options: ReadPositionOptions) {
    this.#options = options;
  }

  /** Resolves when the server has it. @throws ConfabError */
  move(readSeq: number): Promise<void> {
    if (this.#end) return Promise.reject(this.#end);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ readSeq, resolve, reject });
    void this.resume();
    return promise;
  }

  /** Resolves when nothing waits to be told. @throws ConfabError */
  settled(): Promise<void> {
    if (this.#end) return Promise.reject(this.#end);
    const last = Math.max(0, ...this.#waiting.map(({ readSeq }) => readSeq));
    return last === 0 ? Promise.resolve() : this.move(last);
  }

  /** Tells what waits, as long as there is a connection. */
  async resume(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#waiting.length > 0 && this.#options.isOnline()) await this.#tell();
    this.#isRunning = false;
  }

  /** Gives up on what waits, and on all that comes later. */
  end(error: ConfabError): void {
    this.#end = error;
    this.#fail(error);
  }

  #fail(error: ConfabError): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(error);
  }

  async #tell(): Promise<void> {
    const readSeq = Math.max(...this.#waiting.map((waiting) => waiting.readSeq));
    try {
      await this.#options.post(readSeq);
      const told = this.#waiting.filter((waiting) => waiting.readSeq <= readSeq);
      this.#waiting = this.#waiting.filter((waiting) => waiting.readSeq > readSeq);
      for (const { resolve } of told) resolve();
    } catch (error) {
      if (this.#options.isOnline()) this.#fail(asConfabError(error));
    }
  }
}
