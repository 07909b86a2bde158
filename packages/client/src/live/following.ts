import { isBreach, NotFoundError, PermissionError, QuotaError, UnavailableError } from "../errors.ts";
import type { History } from "../messages/history.ts";
import type { Observable } from "../observable.ts";
import type { RoomContext } from "../rooms/context.ts";
import type { RoomInfo } from "../rooms/room-info.ts";
import type { Views } from "../rooms/view.ts";
import { delay, orAborted } from "../waiting.ts";
import type { RoomCache } from "./room-cache.ts";

const RETRY_MS = 500;

/** The parts of a room that its readers need. */
export interface Followed {
  readonly context: RoomContext;
  readonly cache: RoomCache;
  readonly history: History;
  readonly views: Views;
  readonly info: Observable<RoomInfo>;
}

/** Returns true once the chat has ended. @throws the error that ended it, if it was not closed */
export function isChatOver({ connection, closed }: RoomContext): boolean {
  const state = connection.state.get();
  if (state.status === "closed" && state.error) throw state.error;
  return closed.aborted;
}

/** Returns true once the room or the chat has ended. @throws the error that ended the chat, if it was not closed */
export function isOver({ context, cache }: Followed): boolean {
  return isChatOver(context) || cache.isOver;
}

/** Makes a request. After a temporary failure it waits and returns null: look at the state again. @throws ConfabError */
export async function withRetry<T>(
  followed: Followed,
  request: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T | null> {
  const { context } = followed;
  try {
    return await request();
  } catch (error) {
    signal?.throwIfAborted();
    if (isOver(followed)) return null;
    if (error instanceof UnavailableError || (error instanceof QuotaError && !isBreach(error))) {
      const either = signal ? AbortSignal.any([signal, context.closed]) : context.closed;
      await delay(error.retryAfterMs ?? RETRY_MS, either).catch(() => {});
      if (!either.aborted) await context.connection.online(either).catch(() => {});
      return null;
    }
    // The stream is about to report that the user is no longer in the room.
    if (error instanceof NotFoundError || error instanceof PermissionError) {
      await leaving(followed, signal);
      if (isOver(followed)) return null;
    }
    throw error;
  }
}

/** Waits a short time for the room to end. */
async function leaving(followed: Followed, signal: AbortSignal | undefined): Promise<void> {
  let isLate = false;
  const late = delay(RETRY_MS, followed.context.closed)
    .catch(() => {})
    .then(() => {
      isLate = true;
    });
  while (!isLate && !isOver(followed)) {
    await orAborted(Promise.race([followed.cache.changed, late]), signal);
  }
}
