/** Runs steps one after the other, in the order in which they were given. */
export class InOrder {
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves or rejects as the step does. A failed step doesn't stop the next one. */
  run<T>(step: () => Promise<T>): Promise<T> {
    const done = this.#last.then(step, step);
    this.#last = done;
    return done;
  }
}
