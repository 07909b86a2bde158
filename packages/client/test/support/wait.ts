import type { Observable } from "@confab/client";

const MAX_WAIT_MS = 30_000;

/** Resolves with the value once something is so of it. @throws Error after 30 s, with the value */
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
    }, MAX_WAIT_MS);
    const unsubscribe = observable.subscribe(look);
    look();
  });
}

/** Resolves once something is so, looked at often. @throws Error after 30 s */
export async function until(isSo: () => boolean, what = "what was waited for"): Promise<void> {
  const lateAt = Date.now() + MAX_WAIT_MS;
  while (!isSo()) {
    if (Date.now() > lateAt) throw new Error(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The first so many of an iteration, which then ends. @throws Error after 30 s, with those that came */
export async function take<T>(iterable: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`${count} did not come: ${describe(taken)}`)),
    MAX_WAIT_MS,
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

/** All that an iteration gives until it ends. */
export async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of iterable) items.push(item);
  return items;
}

function describe(value: unknown): string {
  const shorten = (_key: string, part: unknown): unknown => (Array.isArray(part) ? part.slice(-5) : part);
  return JSON.stringify(value, shorten);
}
