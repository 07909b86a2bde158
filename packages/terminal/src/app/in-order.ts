/** Runs steps one after the other, so that what was asked first is done first, however long each takes. */
export class InOrder {
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves or rejects as the step does. A step that fails doesn't hold up the next. */
  run<T>(step: () => Promise<T>): Promise<T> {
    const done = this.#last.then(step, step);
    this.#last = done;
    return done;
  }
}
