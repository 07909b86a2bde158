import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 30;
const LIMIT_MS = 20_000;

/** Waits until something holds. @throws Error with what there was instead, after 20 s */
export async function waitFor<T>(
  probe: () => T | Promise<T>,
  holds: (value: T) => boolean,
  what: string,
  limitMs: number = LIMIT_MS,
): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const value = await probe();
    if (holds(value)) return value;
    if (performance.now() > end) throw new Error(`${what} did not happen, but:\n${String(value)}`);
    await delay(POLL_MS);
  }
}
