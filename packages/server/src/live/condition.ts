/** A condition variable with one waiter. The waiter checks its condition again each time it is notified. */
export class Condition implements EventListenerObject {
  readonly #signal: AbortSignal;
  #waiter: PromiseWithResolvers<void> | null = null;

  /** @param signal ends all waiting, with its reason */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", this, { once: true });
  }

  /** Resolves at the next `notify`. @throws the signal's reason */
  wait(): Promise<void> {
    this.#waiter = Promise.withResolvers();
    if (this.#signal.aborted) this.#waiter.reject(this.#signal.reason);
    return this.#waiter.promise;
  }

  notify(): void {
    this.#waiter?.resolve();
  }

  /** Called when the signal aborts. The object itself listens, which saves each stream a closure. */
  handleEvent(): void {
    this.#waiter?.reject(this.#signal.reason);
  }
}
