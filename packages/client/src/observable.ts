/** A value that changes. `get` returns the same object until it does, as React's `useSyncExternalStore` requires. */
export interface Observable<T> {
  get(): T;
  /** Calls the listener after each change. @returns a function that unsubscribes */
  subscribe(listener: () => void): () => void;
}

/** An observable that computes its value on the first `get` after each change. */
export class Source<T> implements Observable<T> {
  readonly #compute: () => T;
  readonly #onObserved: () => void;
  readonly #listeners = new Set<() => void>();
  #computed: { readonly value: T } | null = null;
  #isScheduled = false;

  /** `onObserved` is called when the first listener subscribes. */
  constructor(compute: () => T, onObserved: () => void = () => {}) {
    this.#compute = compute;
    this.#onObserved = onObserved;
  }

  get isObserved(): boolean {
    return this.#listeners.size > 0;
  }

  readonly get = (): T => {
    this.#computed ??= { value: this.#compute() };
    return this.#computed.value;
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    // The same function may subscribe twice; each unsubscribes only itself.
    const own = (): void => listener();
    this.#listeners.add(own);
    if (this.#listeners.size === 1) this.#onObserved();
    return () => void this.#listeners.delete(own);
  };

  /** Discards the value and notifies the listeners, once for all changes of one turn of the event loop. */
  changed(): void {
    this.#computed = null;
    if (this.#isScheduled || this.#listeners.size === 0) return;
    this.#isScheduled = true;
    queueMicrotask(() => this.#notify());
  }

  /** Isolates the listeners from each other's errors. */
  #notify(): void {
    this.#isScheduled = false;
    for (const listener of [...this.#listeners]) {
      try {
        listener();
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
