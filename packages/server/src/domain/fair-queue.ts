interface Waiting {
  readonly start: () => void;
  readonly refuse: (error: Error) => void;
}

/**
 * Runs tasks, at most so many at the same time. The others wait, and everyone who waits has the next turn after all others: a
 * thousand tasks of one caller make another's wait for one of them.
 */
export class FairQueue {
  readonly #maxAtOnce: number;
  /** By caller; whose turn is next comes first. */
  readonly #waiting = new Map<string, Waiting[]>();
  #running = 0;

  constructor(maxAtOnce: number) {
    this.#maxAtOnce = maxAtOnce;
  }

  async run<Result>(caller: string, task: () => Promise<Result>): Promise<Result> {
    if (this.#running >= this.#maxAtOnce) await this.#turn(caller);
    else this.#running++;
    try {
      return await task();
    } finally {
      this.#next();
    }
  }

  /** Refuses everything that waits. */
  clear(error: Error): void {
    const waiting = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    for (const { refuse } of waiting) refuse(error);
  }

  #turn(caller: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting = this.#waiting.get(caller);
    const one = { start: resolve, refuse: reject };
    if (waiting) waiting.push(one);
    else this.#waiting.set(caller, [one]);
    return promise;
  }

  /** Gives the place of a task that has ended to the next one. */
  #next(): void {
    for (const [caller, waiting] of this.#waiting) {
      this.#waiting.delete(caller);
      const next = waiting.shift();
      if (waiting.length > 0) this.#waiting.set(caller, waiting);
      next?.start();
      return;
    }
    this.#running--;
  }
}
