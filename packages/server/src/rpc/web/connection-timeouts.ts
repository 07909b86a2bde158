/** A request whose end has not come yet, or whose answer is not complete. */
interface OpenRequest {
  readonly sinceMs: number;
  /** Returns true once all of the request has come. */
  readonly isComplete: () => boolean;
  readonly destroy: () => void;
}

/** An HTTP/1.1 connection or an HTTP/2 session. */
export interface Connection {
  destroy(): void;
  once(event: "close", listener: () => void): unknown;
}

interface ConnectionState {
  readonly requests: Set<OpenRequest>;
  readonly maxIdleMs: number;
  idleSinceMs: number;
  hasAsked: boolean;
}

interface Timeouts {
  /** The time for the first request of a connection. */
  readonly firstRequestMs: number;
  /** The time for a whole request. */
  readonly requestMs: number;
  readonly checkIntervalMs: number;
}

/**
 * Ends connections that ask nothing, and requests whose end does not come. Needed for TLS: Bun 1.4.5 has no timeouts of
 * HTTP/1.1 there, and neither runtime has any for HTTP/2.
 */
export class ConnectionTimeouts implements Disposable {
  readonly #connections = new Map<Connection, ConnectionState>();
  readonly #timeouts: Timeouts;
  readonly #timer: NodeJS.Timeout;

  constructor(timeouts: Timeouts) {
    this.#timeouts = timeouts;
    this.#timer = setInterval(() => this.#check(performance.now()), timeouts.checkIntervalMs);
    this.#timer.unref();
  }

  /** Watches a connection until it closes; between its requests it may be idle for so long. */
  add(connection: Connection, maxIdleMs: number): void {
    const state = {
      requests: new Set<OpenRequest>(),
      maxIdleMs,
      idleSinceMs: performance.now(),
      hasAsked: false,
    };
    this.#connections.set(connection, state);
    connection.once("close", () => this.#connections.delete(connection));
  }

  /** Watches a request of a connection. Returns the function that says that its answer is complete. */
  begin(connection: Connection, request: Omit<OpenRequest, "sinceMs">): () => void {
    const state = this.#connections.get(connection);
    if (!state) return () => {};
    const open = { ...request, sinceMs: performance.now() };
    state.requests.add(open);
    state.hasAsked = true;
    return () => {
      state.requests.delete(open);
      state.idleSinceMs = performance.now();
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #check(nowMs: number): void {
    const { firstRequestMs, requestMs } = this.#timeouts;
    for (const [connection, { requests, maxIdleMs, idleSinceMs, hasAsked }] of this.#connections) {
      const allowedMs = hasAsked ? maxIdleMs : firstRequestMs;
      if (requests.size === 0 && nowMs - idleSinceMs > allowedMs) connection.destroy();
      for (const { sinceMs, isComplete, destroy } of requests) {
        if (nowMs - sinceMs > requestMs && !isComplete()) destroy();
      }
    }
  }
}
