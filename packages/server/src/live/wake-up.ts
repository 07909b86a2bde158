/** One waiter that can be woken again and again, or for good by a signal. */
export class WakeUp implements EventListenerObject {
  readonly #signal: AbortSignal;
  #waiter: PromiseWithResolvers<void> | null = null;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", this, { once: true });
  }

  /** Resolves at the next `wake`. @throws the signal's reason */
  wait(): Promise<void> {
    this.#waiter = Promise.withResolvers();
    if (this.#signal.aborted) this.#waiter.reject(this.#signal.reason);
    return this.#waiter.promise;
  }

  wake(): void {
    this.#waiter?.resolve();
  }

  /** Of the signal. */
  handleEvent(): void {
    this.#waiter?.reject(this.#signal.reason);
  }
}
