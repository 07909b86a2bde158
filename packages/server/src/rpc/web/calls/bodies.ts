import { ChatError } from "../../../domain/errors.ts";
import { CLIENT_GONE } from "../../incoming-call.ts";
import type { WebRequest } from "./exchange.ts";

/** A client has this long to send a request to its end. */
const MAX_AGE_MS = 15_000;
const SWEEP_MS = 1_000;
/** The most that all unfinished requests of one connection may hold. */
const MAX_CONNECTION_BYTES = 4 * 1024 * 1024;
/** The most that all unfinished requests may hold. Above it, those of the connection that holds most are refused. */
const MAX_ALL_BYTES = 8 * 1024 * 1024;
/** The most of a request that is read to its end although it is too large, so that its client reads the refusal. */
const MAX_DISCARDED_BYTES = 1024 * 1024;
/** The rough cost of each piece of a request beside its bytes: a client may send them one by one. */
const PIECE_BYTES = 256;

/** Reads the bodies of requests, within bounds of size, time and memory. */
export class Bodies implements Disposable {
  readonly #unfinished = new Set<Body>();
  readonly #bytesOf = new WeakMap<object, number>();
  #allBytes = 0;
  readonly #timer = setInterval(() => this.#sweep(), SWEEP_MS).unref();

  /** Reads a body. @throws ChatError REQUEST_TOO_LARGE, REQUEST_UNFINISHED; CLIENT_GONE */
  async read(request: WebRequest, maxBytes: number): Promise<Buffer> {
    const body = new Body(request, maxBytes, (bytes) => this.#hold(body, bytes));
    this.#unfinished.add(body);
    try {
      return await body.whole;
    } finally {
      this.#unfinished.delete(body);
      this.#hold(body, -body.heldBytes);
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #hold(body: Body, bytes: number): void {
    body.heldBytes += bytes;
    this.#allBytes += bytes;
    this.#bytesOf.set(body.connection, this.#heldBy(body.connection) + bytes);
    if (this.#heldBy(body.connection) > MAX_CONNECTION_BYTES) body.refuse(unfinished());
    else if (this.#allBytes > MAX_ALL_BYTES) this.#refuseLargest();
  }

  #heldBy(connection: object): number {
    return this.#bytesOf.get(connection) ?? 0;
  }

  #refuseLargest(): void {
    let largest: object | null = null;
    for (const { connection } of this.#unfinished) {
      if (!largest || this.#heldBy(connection) > this.#heldBy(largest)) largest = connection;
    }
    for (const body of this.#unfinished) if (body.connection === largest) body.refuse(unfinished());
  }

  #sweep(): void {
    const nowMs = performance.now();
    for (const body of this.#unfinished) if (nowMs - body.beganAtMs > MAX_AGE_MS) body.refuse(unfinished());
  }
}

/** The body of one request while it is read. */
class Body {
  readonly connection: object;
  readonly beganAtMs = performance.now();
  readonly whole: Promise<Buffer>;
  heldBytes = 0;
  readonly #settled = Promise.withResolvers<Buffer>();
  readonly #maxBytes: number;
  readonly #hold: (bytes: number) => void;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #isRefused = false;

  constructor(request: WebRequest, maxBytes: number, hold: (bytes: number) => void) {
    this.connection = connectionOf(request);
    this.whole = this.#settled.promise;
    this.#maxBytes = maxBytes;
    this.#hold = hold;
    request.on("data", (piece: Buffer) => this.#take(piece));
    request.once("end", () => {
      if (this.#bytes > maxBytes) this.refuse(tooLarge(maxBytes));
      else this.#settled.resolve(Buffer.concat(this.#pieces));
    });
    request.once("close", () => this.refuse(CLIENT_GONE));
  }

  refuse(error: Error): void {
    this.#isRefused = true;
    this.#pieces = [];
    this.#settled.reject(error);
  }

  #take(piece: Buffer): void {
    if (this.#isRefused) return;
    this.#bytes += piece.length;
    if (this.#bytes > MAX_DISCARDED_BYTES) this.refuse(tooLarge(this.#maxBytes));
    else if (this.#bytes > this.#maxBytes) this.#pieces = [];
    else {
      this.#pieces.push(piece);
      this.#hold(piece.length + PIECE_BYTES);
    }
  }
}

/** All requests of one HTTP/2 connection share a session; their sockets are proxies of their own. */
function connectionOf(request: WebRequest): object {
  return request.stream?.session ?? request.socket;
}

export function tooLarge(maxBytes: number): ChatError {
  return new ChatError(
    "REQUEST_TOO_LARGE",
    `the request has over ${maxBytes} bytes, the most that are allowed`,
  );
}

function unfinished(): ChatError {
  const message = "the request took too long, or too many were sent at once: send each to its end";
  return new ChatError("REQUEST_UNFINISHED", message);
}
