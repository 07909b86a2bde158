import type { Observable } from "@confab/client";

/** Counts an observable's listeners that subscribe after this call. */
export function countListeners<T>(observable: Observable<T>): () => number {
  let count = 0;
  const { subscribe } = observable;
  observable.subscribe = (listener) => {
    const unsubscribe = subscribe.call(observable, listener);
    count++;
    return () => {
      unsubscribe();
      count--;
    };
  };
  return () => count;
}
