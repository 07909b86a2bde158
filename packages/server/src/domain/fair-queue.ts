interface Waiting {
  readonly start: () => void;
  readonly refuse: (error: Error) => void;
}

/** The most tasks that wait, of all callers together, and the error for those beyond. */
interface Bound {
  readonly maxWaiting: number;
  readonly refusal: () => Error;
}

/**
 * Runs tasks, at most so many at the same time. The others wait, and everyone who waits has the next turn after all others: a
 * thousand tasks of one caller make another's wait for one of them. Where only so many may wait, the newest task of the
 * caller who has the most is refused, so that nobody keeps others out.
 */
export class FairQueue {
  readonly #maxAtOnce: number;
  readonly #bound: Bound | null;
  /** By caller; whose turn is next comes first. */
  readonly #waiting = new Map<string, Waiting[]>();
  #running = 0;

  constructor(maxAtOnce: number, bound: Bound | null = null) {
    this.#maxAtOnce = maxAtOnce;
    this.#bound = bound;
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
    if (this.#bound) this.#keepWithin(this.#bound, caller);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting = this.#waiting.get(caller);
    const one = { start: resolve, refuse: reject };
    if (waiting) waiting.push(one);
    else this.#waiting.set(caller, [one]);
    return promise;
  }

  /** Makes room for one more task of a caller. @throws the refusal, when nobody has more waiting than they would have */
  #keepWithin({ maxWaiting, refusal }: Bound, caller: string): void {
    const queues = [...this.#waiting.values()];
    if (queues.reduce((sum, { length }) => sum + length, 0) < maxWaiting) return;
    const longest = queues.reduce((most, queue) => (queue.length > most.length ? queue : most));
    const own = this.#waiting.get(caller)?.length ?? 0;
    if (longest.length <= own + 1) throw refusal();
    longest.pop()?.refuse(refusal());
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
