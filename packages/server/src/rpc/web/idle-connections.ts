/** An HTTP/1.1 connection or an HTTP/2 session. */
export interface Connection {
  destroy(): void;
  once(event: "close", listener: () => void): unknown;
}

interface ConnectionState {
  readonly maxIdleMs: number;
  openRequests: number;
  hasAsked: boolean;
  idleSinceMs: number;
}

interface IdleTimes {
  /** The time for the first request of a connection. */
  readonly firstRequestMs: number;
  readonly checkIntervalMs: number;
}

/**
 * Closes connections that ask nothing. Needed for TLS: Bun 1.4.5 has no timeouts of HTTP/1.1 there, and neither runtime has
 * any for HTTP/2. The bodies of calls have a timeout of their own.
 */
export class IdleConnections implements Disposable {
  readonly #connections = new Map<Connection, ConnectionState>();
  readonly #firstRequestMs: number;
  readonly #timer: NodeJS.Timeout;

  constructor({ firstRequestMs, checkIntervalMs }: IdleTimes) {
    this.#firstRequestMs = firstRequestMs;
    this.#timer = setInterval(() => this.#closeIdle(performance.now()), checkIntervalMs);
    this.#timer.unref();
  }

  /** Watches a connection until it closes; between its requests it may be idle for so long. */
  add(connection: Connection, maxIdleMs: number): void {
    const state = { maxIdleMs, openRequests: 0, hasAsked: false, idleSinceMs: performance.now() };
    this.#connections.set(connection, state);
    connection.once("close", () => this.#connections.delete(connection));
  }

  /** Counts a request of a connection. Returns the function that says that its answer is complete. */
  begin(connection: Connection): () => void {
    const state = this.#connections.get(connection);
    if (!state) return () => {};
    state.openRequests++;
    state.hasAsked = true;
    return () => {
      state.openRequests--;
      state.idleSinceMs = performance.now();
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #closeIdle(nowMs: number): void {
    for (const [connection, { openRequests, hasAsked, idleSinceMs, maxIdleMs }] of this.#connections) {
      const allowedMs = hasAsked ? maxIdleMs : this.#firstRequestMs;
      if (openRequests === 0 && nowMs - idleSinceMs > allowedMs) connection.destroy();
    }
  }
}
