import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 50;
/** Far longer than anything takes on a slow and busy machine: only what hangs fails by it. */
export const LIMIT_MS = 60_000;

/** Waits until something holds, and gives it. @throws Error with what there was instead, after a minute */
export async function waitFor<T>(
  probe: () => Promise<T>,
  holds: (value: T) => boolean,
  what: string,
): Promise<T> {
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    const value = await probe();
    if (holds(value)) return value;
    if (performance.now() > end) throw new Error(`${what} did not happen, but:\n${String(value)}`);
    await delay(POLL_MS);
  }
}
