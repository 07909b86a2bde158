import { useMemo, useSyncExternalStore } from "react";
import type { Observable } from "../observable.ts";

type IsSame<T> = (before: T, after: T) => boolean;

/** Returns the value of an observable of a chat, a room or your own. Re-renders after each change. */
export function useObservable<T>(observable: Observable<T>): T {
  return useDerived(observable, itself);
}

/** Returns a value made from an observable; re-renders only when it changes by `isSame`. Both functions must be stable. */
export function useDerived<T, U>(
  observable: Observable<T>,
  make: (value: T) => U,
  isSame: IsSame<U> = Object.is,
): U {
  const { subscribe, get } = useMemo(() => derive(observable, make, isSame), [observable, make, isSame]);
  return useSyncExternalStore(subscribe, get, get);
}

/** Returns true if two lists have the same items in the same order. */
export function isSameList<T>(before: readonly T[], after: readonly T[]): boolean {
  return before.length === after.length && before.every((item, index) => item === after[index]);
}

/** Makes an observable that never changes, for when there is no room. */
export function constant<T>(value: T): Observable<T> {
  return { get: () => value, subscribe: () => () => {} };
}

function derive<T, U>(observable: Observable<T>, make: (value: T) => U, isSame: IsSame<U>): Observable<U> {
  let last: { readonly value: T; readonly made: U } | null = null;
  return {
    get() {
      const value = observable.get();
      if (last && Object.is(last.value, value)) return last.made;
      const made = make(value);
      last = { value, made: last && isSame(last.made, made) ? last.made : made };
      return last.made;
    },
    subscribe: (listener) => observable.subscribe(listener),
  };
}

function itself<T>(value: T): T {
  return value;
}
