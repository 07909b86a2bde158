import type { Readable } from "node:stream";
import { createWakeUp } from "../live/wake-up.ts";

/**
 * The requests of a call that streams them, one at a time: the client is held back while one is at work.
 *
 * Not the call's own iterator: that destroys the call when an error ends it, and if an answer is still being
 * written at that moment the status is never sent.
 *
 * @throws the signal's reason
 */
export async function* readRequests(call: Readable, signal: AbortSignal): AsyncGenerator<Buffer, void> {
  const wakeUp = createWakeUp(signal);
  let hasEnded = false;
  call.on("readable", wakeUp.wake);
  call.once("end", () => {
    hasEnded = true;
    wakeUp.wake();
  });
  for (;;) {
    const bytes: Buffer | null = call.read();
    if (bytes !== null) yield bytes;
    else if (hasEnded) return;
    else await wakeUp.wait();
  }
}
