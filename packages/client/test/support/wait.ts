import type { Observable } from "@confab/client";

/** Far longer than anything takes on a slow and busy machine: only what hangs fails by it. */
export const HANG_MS = 60_000;

/** Resolves with the value once it passes the check. @throws Error with the value after a minute */
export function untilValue<T>(
  observable: Observable<T>,
  isSo: (value: T) => boolean,
  what = "what was waited for",
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      unsubscribe();
    };
    const look = (): void => {
      const value = observable.get();
      if (!isSo(value)) return;
      stop();
      resolve(value);
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`${what} did not come: it is ${describe(observable.get())}`));
    }, HANG_MS);
    const unsubscribe = observable.subscribe(look);
    look();
  });
}

/** Resolves once the check passes; it runs every 5 ms. @throws Error after a minute */
export async function until(isSo: () => boolean, what = "what was waited for"): Promise<void> {
  const lateAt = Date.now() + HANG_MS;
  while (!isSo()) {
    if (Date.now() > lateAt) throw new Error(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Returns the first `count` items and ends the iteration. @throws Error with the items after a minute */
export async function take<T>(iterable: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`${count} did not come: ${describe(taken)}`)),
    HANG_MS,
  );
  const read = async (): Promise<T[]> => {
    for await (const item of iterable) {
      taken.push(item);
      if (taken.length === count) break;
    }
    return taken;
  };
  try {
    return await Promise.race([read(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns all items of an iteration. */
export async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of iterable) items.push(item);
  return items;
}

function describe(value: unknown): string {
  const shorten = (_key: string, part: unknown): unknown => (Array.isArray(part) ? part.slice(-5) : part);
  return JSON.stringify(value, shorten);
}
