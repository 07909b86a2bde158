import { useMemo, useSyncExternalStore } from "react";
import type { Observable } from "../observable.ts";

/** When two values count as the same, so that nothing has to be rendered again. */
export type IsSame<T> = (before: T, after: T) => boolean;

/** The value of anything observable: of a chat, of a room, or of your own. Renders again after each change. */
export function useObservable<T>(observable: Observable<T>): T {
  return useDerived(observable, itself);
}

/** What is made of an observable value. Renders again only when that is another; both functions stay the same ones. */
export function useDerived<T, U>(
  observable: Observable<T>,
  make: (value: T) => U,
  isSame: IsSame<U> = Object.is,
): U {
  const { subscribe, get } = useMemo(() => derive(observable, make, isSame), [observable, make, isSame]);
  return useSyncExternalStore(subscribe, get, get);
}

/** Whether two lists have the same things in the same order. */
export function isSameList<T>(before: readonly T[], after: readonly T[]): boolean {
  return before.length === after.length && before.every((item, index) => item === after[index]);
}

/** An observable that never changes: what there is to show where there is no room. */
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
