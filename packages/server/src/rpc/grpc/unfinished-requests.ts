import { constants, type Http2Session, type ServerHttp2Stream } from "node:http2";
import { type Server, status } from "@grpc/grpc-js";
import { http2ServersOf } from "./http2-servers.ts";

/** A client has this long to send a request to its end. */
const MAX_AGE_MS = 15_000;
const SWEEP_MS = 1_000;
/** The most that all unfinished requests of one connection may hold. */
const MAX_CONNECTION_BYTES = 4 * 1024 * 1024;
/** The most that all connections may hold. Above it, the one that holds most gives way. */
const MAX_ALL_BYTES = 8 * 1024 * 1024;
/** The rough cost of each piece of a request beside its bytes: a client may send them one by one. */
const PIECE_BYTES = 256;
/** The flag and the length before each message. */
const PREFIX_BYTES = 5;

const REFUSAL = {
  ":status": 200,
  "content-type": "application/grpc",
  "grpc-status": status.RESOURCE_EXHAUSTED,
  "grpc-message": "the request took too long, or too many were sent at once: send each to its end",
};

/**
 * Ends calls whose request takes too long, or holds too much memory together with the others of its connection or of all
 * connections. The client gets RESOURCE_EXHAUSTED. The message of a stream counts as a request; between messages a stream may be silent.
 */
export class UnfinishedRequests implements Disposable {
  readonly #requests = new Set<Request>();
  readonly #bytesOf = new WeakMap<Http2Session, number>();
  /** The connections that have sent a request to its end. */
  readonly #proven = new WeakSet<Http2Session>();
  #allBytes = 0;
  readonly #timer: NodeJS.Timeout;
  #sweeps = 0;

  constructor(server: Server) {
    for (const http2Server of http2ServersOf(server)) {
      // After grpc-js, so that this listener starts no stream that grpc-js has paused.
      http2Server.on("stream", (stream: ServerHttp2Stream) => this.#watch(stream));
    }
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #watch(stream: ServerHttp2Stream): void {
    const request = new Request(stream, this.#sweeps);
    // A closed stream no longer has it.
    const { session } = stream;
    this.#requests.add(request);
    stream.on("data", (piece: Buffer) => this.#read(request, piece));
    stream.once("end", () => {
      if (session) this.#proven.add(session);
      this.#finish(request);
    });
  }

  #read(request: Request, piece: Buffer): void {
    if (!this.#requests.has(request)) {
      request.beganAtSweep = this.#sweeps;
      this.#requests.add(request);
    }
    request.read(piece);
    if (request.isFinished) this.#finish(request);
    else if (this.#hold(request, piece.length + PIECE_BYTES) > MAX_CONNECTION_BYTES) this.#reset(request);
    else if (this.#allBytes > MAX_ALL_BYTES) this.#resetLargest();
  }

  /**
   * Ends all unfinished requests of the connection that holds most. A connection that has sent no request to its end is
   * closed: what is on its way there would be read in vain.
   */
  #resetLargest(): void {
    const [largest] = [...this.#requests].sort((one, other) => this.#heldWith(other) - this.#heldWith(one));
    const session = largest?.session;
    for (const request of this.#requests) {
      if (request.session === session && request.heldBytes > 0) this.#reset(request);
    }
    if (session && !this.#proven.has(session)) session.destroy();
  }

  /** Returns the bytes that the request's connection holds. */
  #heldWith({ session }: Request): number {
    return (session && this.#bytesOf.get(session)) ?? 0;
  }

  /** Returns the bytes that the unfinished requests of the connection hold. */
  #hold(request: Request, bytes: number): number {
    const { session } = request.stream;
    if (!session) return 0;
    const all = (this.#bytesOf.get(session) ?? 0) + bytes;
    this.#bytesOf.set(session, all);
    this.#allBytes += bytes;
    request.heldBytes += bytes;
    request.session = session;
    return all;
  }

  #finish(request: Request): void {
    this.#requests.delete(request);
    const { session, heldBytes } = request;
    request.heldBytes = 0;
    this.#allBytes -= heldBytes;
    if (session) this.#bytesOf.set(session, (this.#bytesOf.get(session) ?? 0) - heldBytes);
  }

  #reset(request: Request): void {
    this.#finish(request);
    const { stream } = request;
    // On Bun 1.3 a reset without a response before it breaks the connection.
    if (!stream.headersSent) stream.respond(REFUSAL, { endStream: true });
    stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  }

  #sweep(): void {
    this.#sweeps++;
    for (const request of this.#requests) {
      if (request.stream.closed || request.isFinished) this.#finish(request);
      else if ((this.#sweeps - request.beganAtSweep) * SWEEP_MS > MAX_AGE_MS) this.#reset(request);
    }
  }
}

/** The request of one call, or one message of its stream. */
class Request {
  readonly stream: ServerHttp2Stream;
  beganAtSweep: number;
  heldBytes = 0;
  /** The connection that holds these bytes: a closed stream no longer has it. */
  session: Http2Session | null = null;
  #prefixBytes = 0;
  #messageBytes = 0;

  constructor(stream: ServerHttp2Stream, beganAtSweep: number) {
    this.stream = stream;
    this.beganAtSweep = beganAtSweep;
  }

  /** The call has been let in, and no message is on its way. A unary call is let in only with its whole request. */
  get isFinished(): boolean {
    return this.#prefixBytes === 0 && this.stream.headersSent;
  }

  /** Follows where messages begin and end. */
  read(piece: Buffer): void {
    for (let at = 0; at < piece.length; ) {
      if (this.#prefixBytes < PREFIX_BYTES) {
        this.#messageBytes = this.#prefixBytes === 0 ? 0 : this.#messageBytes * 256 + (piece[at] ?? 0);
        this.#prefixBytes++;
        at++;
      } else {
        const taken = Math.min(this.#messageBytes, piece.length - at);
        this.#messageBytes -= taken;
        at += taken;
      }
      if (this.#prefixBytes === PREFIX_BYTES && this.#messageBytes === 0) this.#prefixBytes = 0;
    }
  }
}
