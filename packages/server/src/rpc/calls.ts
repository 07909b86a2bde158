import type { Caller } from "../domain/callers.ts";
import { ChatError } from "../domain/errors.ts";
import type { SessionId, UserId } from "../domain/ids.ts";

/** When a client should come back to a server that is shutting down: spread out, so that not all come at once. */
const MAX_RECONNECT_DELAY_MS = 5_000;

/** How often the callers of open streams are looked at again, in case their end was missed. */
const RECHECK_INTERVAL_MS = 30_000;

/** A stream that is open. */
export interface OpenStream {
  readonly caller: Caller;
  /** Ends it with this error. */
  end(error: unknown): void;
  /** As `end`, but lets what is under way be finished first. */
  drain(error: unknown): void;
  /** Goes on if the caller is still welcome. @throws ChatError otherwise */
  recheck(): Promise<void>;
}

/** The calls that are running, so that a server that stops can let them finish or end them. */
export class Calls implements Disposable {
  readonly #streams = new Set<OpenStream>();
  readonly #timer: NodeJS.Timeout;
  #running = 0;
  #isDraining = false;
  #whenIdle: (() => void) | null = null;

  constructor(recheckIntervalMs = RECHECK_INTERVAL_MS) {
    this.#timer = setInterval(() => this.#recheckAll(), recheckIntervalMs);
    this.#timer.unref();
  }

  /** @throws ChatError SHUTTING_DOWN once draining has begun */
  begin(): void {
    if (this.#isDraining) throw shuttingDown();
    this.#running++;
  }

  finish(): void {
    this.#running--;
    if (this.#running === 0) this.#whenIdle?.();
  }

  /** Until it is removed, the stream is ended when the server drains or its session ends. */
  addStream(stream: OpenStream): void {
    this.#streams.add(stream);
    if (this.#isDraining) stream.drain(shuttingDown());
  }

  removeStream(stream: OpenStream): void {
    this.#streams.delete(stream);
  }

  /** Ends the streams of sessions that have ended. */
  endSessions(sessionIds: readonly SessionId[]): void {
    const ended = new Set(sessionIds);
    for (const stream of this.#streams) {
      const { caller } = stream;
      if (caller.kind === "account" && ended.has(caller.sessionId)) stream.end(revoked());
    }
  }

  /** Ends the streams of a user, or of a service that acts for others, who is no longer welcome on them. */
  recheckUser(userId: UserId): void {
    for (const stream of this.#streams) {
      const { caller } = stream;
      const isTheirs = caller.kind === "account" && [caller.account.id, caller.serviceId].includes(userId);
      if (isTheirs) this.#recheck(stream);
    }
  }

  /** Refuses new calls, ends the streams with UNAVAILABLE, and resolves when the last call has been answered. */
  drain(): Promise<void> {
    this.#isDraining = true;
    for (const stream of this.#streams) stream.drain(shuttingDown());
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenIdle = resolve;
    });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #recheckAll(): void {
    for (const stream of this.#streams) this.#recheck(stream);
  }

  #recheck(stream: OpenStream): void {
    stream.recheck().catch((error: unknown) => {
      // While the storage fails nobody is turned away for it.
      if (!(error instanceof ChatError) || error.kind === "unavailable") return;
      stream.end(error);
    });
  }
}

function revoked(): ChatError {
  return new ChatError("SESSION_REVOKED", "this session has ended: sign in again");
}

function shuttingDown(): ChatError {
  return new ChatError("SHUTTING_DOWN", "the server is shutting down: reconnect", {
    retryAfterMs: Math.round(Math.random() * MAX_RECONNECT_DELAY_MS),
  });
}
