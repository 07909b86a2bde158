/** A value that changes: `get` gives the same object until it does, so that it fits React's `useSyncExternalStore`. */
export interface Observable<T> {
  get(): T;
  /** Calls the listener after each change, until the function that it returns is called. */
  subscribe(listener: () => void): () => void;
}

/** An observable value that is computed when it is asked for, and again after each change. */
export class Source<T> implements Observable<T> {
  readonly #compute: () => T;
  readonly #onObserved: () => void;
  readonly #listeners = new Set<() => void>();
  #computed: { readonly value: T } | null = null;
  #isScheduled = false;

  /** `onObserved` is called when the first listener comes. */
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
    // The same function may listen twice, and each takes only itself away.
    const own = (): void => listener();
    this.#listeners.add(own);
    if (this.#listeners.size === 1) this.#onObserved();
    return () => void this.#listeners.delete(own);
  };

  /** Says that the value is another now. Listeners are told once for all changes of one turn. */
  changed(): void {
    this.#computed = null;
    if (this.#isScheduled || this.#listeners.size === 0) return;
    this.#isScheduled = true;
    queueMicrotask(() => this.#tell());
  }

  /** What a listener throws concerns no other. */
  #tell(): void {
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
