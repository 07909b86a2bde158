import type { Caller } from "../domain/access/callers.ts";
import { networkOf } from "../domain/addresses.ts";
import { ChatError } from "../domain/errors.ts";
import type { SessionId, UserId } from "../domain/ids.ts";

/** Clients of a server that stops are asked to reconnect within this time, spread out, so that they don't all come at once. */
const MAX_RECONNECT_DELAY_MS = 5_000;

/** The callers of open streams are checked again this often, in case the end of a session was missed. */
const RECHECK_INTERVAL_MS = 30_000;

/** A stream whose client has vanished is noticed, and makes room for another, within about this time. */
const TOO_MANY_RETRY_MS = 5_000;

export interface OpenStream {
  readonly caller: Caller;
  /** The caller's IP address. */
  readonly address: string;
  /** Ends the stream with this error. */
  end(error: unknown): void;
  /** Ends the stream with this error, after the work in progress. */
  drain(error: unknown): void;
  /** @throws ChatError when the caller may no longer use the stream */
  recheck(): Promise<void>;
}

interface CallsOptions {
  /** The most streams that one user may have open, and one network where nobody has signed in. */
  readonly maxStreamsPerUser: number;
  readonly recheckIntervalMs?: number;
}

/** The calls in progress: a server that stops lets them finish, or ends them. */
export class Calls implements Disposable {
  readonly #streams = new Set<OpenStream>();
  /** The number of open streams, by user; by network where nobody has signed in. */
  readonly #openBy = new Map<string, number>();
  readonly maxStreamsPerUser: number;
  readonly #timer: NodeJS.Timeout;
  #running = 0;
  #isDraining = false;
  #whenIdle: (() => void) | null = null;

  constructor({ maxStreamsPerUser, recheckIntervalMs = RECHECK_INTERVAL_MS }: CallsOptions) {
    this.maxStreamsPerUser = maxStreamsPerUser;
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

  /**
   * Ends the stream when the server drains or the caller's session ends, until it is removed.
   *
   * @throws ChatError TOO_MANY_STREAMS
   */
  addStream(stream: OpenStream): void {
    const opener = openerOf(stream);
    const open = this.#openBy.get(opener) ?? 0;
    if (open >= this.maxStreamsPerUser) throw tooManyStreams(open);
    this.#openBy.set(opener, open + 1);
    this.#streams.add(stream);
    if (this.#isDraining) stream.drain(shuttingDown());
  }

  removeStream(stream: OpenStream): void {
    if (!this.#streams.delete(stream)) return;
    const opener = openerOf(stream);
    const left = (this.#openBy.get(opener) ?? 0) - 1;
    if (left > 0) this.#openBy.set(opener, left);
    else this.#openBy.delete(opener);
  }

  /** Ends the streams of sessions that have ended, with this error. */
  endSessions(sessionIds: readonly SessionId[], why: ChatError): void {
    const ended = new Set(sessionIds);
    for (const stream of this.#streams) {
      const { caller } = stream;
      if (caller.kind === "account" && ended.has(caller.sessionId)) stream.end(why);
    }
  }

  /** Checks the streams of this user, and those on which this service acts for others. Ends those that are refused. */
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
      // A failure of the storage is no reason to end the stream.
      if (!(error instanceof ChatError) || error.kind === "unavailable") return;
      stream.end(error);
    });
  }
}

function openerOf({ caller, address }: OpenStream): string {
  return caller.kind === "account" ? caller.account.id : networkOf(address);
}

function tooManyStreams(open: number): ChatError {
  return new ChatError("TOO_MANY_STREAMS", `you have ${open} streams open already: end one of them first`, {
    retryAfterMs: TOO_MANY_RETRY_MS,
  });
}

/** Makes the error that ends a stream when the server stops. */
export function shuttingDown(): ChatError {
  return new ChatError("SHUTTING_DOWN", "the server is shutting down: reconnect", {
    retryAfterMs: Math.round(Math.random() * MAX_RECONNECT_DELAY_MS),
  });
}
