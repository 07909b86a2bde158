import { Code, type ConfabError } from "../errors.ts";

/** Longest wait before the client repeats a call by itself; what needs longer has failed. */
const MAX_RETRY_MS = 10_000;
/** Wait if the server names no time. */
const DEFAULT_RETRY_MS = 500;

/** Codes of temporary refusals: what was refused keeps its place and is sent again. */
const PASSING: readonly number[] = [Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED];

/** Returns the milliseconds to wait before a repeat; null if the refusal is final. */
export function retryAfter({ code, retryAfterMs }: ConfabError): number | null {
  const passes = PASSING.includes(code) || (code === Code.RESOURCE_EXHAUSTED && retryAfterMs !== undefined);
  const waitMs = retryAfterMs ?? DEFAULT_RETRY_MS;
  return passes && waitMs <= MAX_RETRY_MS ? waitMs : null;
}
