import type { Observable } from "@confab/client";

/** Counts those who listen to an observable and have begun after this. */
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
