import { setTimeout as after } from "node:timers/promises";

/** Far longer than anything takes on a slow and busy machine: only what hangs fails by it. */
export const HANG_MS = 60_000;
const POLL_MS = 10;

/** Waits until something is so. @throws Error, with `what`, when it isn't within a minute */
export async function eventually(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const giveUpAtMs = performance.now() + HANG_MS;
  while (!(await isSo())) {
    if (performance.now() > giveUpAtMs) throw new Error(`in ${HANG_MS} ms there was no ${what}`);
    await after(POLL_MS);
  }
}

/** Gives the promise's result. @throws Error, with `what`, when it takes longer than a minute */
export async function within<Result>(promise: Promise<Result>, what: string): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`in ${HANG_MS} ms there was no ${what}`)), HANG_MS);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
