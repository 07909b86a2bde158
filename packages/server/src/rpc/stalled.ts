import { ChatError } from "../domain/errors.ts";

const STALLED_RETRY_MS = 1_000;

/** Makes the error that ends the stream of a client that has stopped reading. */
export function stalled(): ChatError {
  const message = "this stream's client has read nothing for too long: reconnect";
  return new ChatError("CONSUMER_STALLED", message, { retryAfterMs: STALLED_RETRY_MS });
}
