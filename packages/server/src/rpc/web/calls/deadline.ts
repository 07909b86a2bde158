import { ChatError } from "../../../domain/errors.ts";
import type { StreamContext } from "../../handler.ts";

/** Waits for a call until its deadline. @throws ChatError DEADLINE_EXCEEDED; the call goes on */
export async function withinDeadline<Result>(running: Promise<Result>, deadlineMs: number): Promise<Result> {
  if (deadlineMs === Number.POSITIVE_INFINITY) return running;
  const passed = Promise.withResolvers<never>();
  const timer = setTimeout(() => passed.reject(exceeded()), deadlineMs - Date.now());
  try {
    return await Promise.race([running, passed.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs a stream's handler, and ends the stream at the deadline. */
export async function runUntil(
  deadlineMs: number,
  stream: StreamContext,
  run: () => Promise<void>,
): Promise<void> {
  if (deadlineMs === Number.POSITIVE_INFINITY) return run();
  const timer = setTimeout(() => stream.end(exceeded()), deadlineMs - Date.now());
  try {
    await run();
  } finally {
    clearTimeout(timer);
  }
}

function exceeded(): ChatError {
  return new ChatError("DEADLINE_EXCEEDED", "the deadline passed during the call: it may have taken effect");
}
