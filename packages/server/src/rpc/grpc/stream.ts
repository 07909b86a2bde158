import { constants, type ServerHttp2Stream } from "node:http2";
import { Metadata, type ServerDuplexStream, type ServerWritableStream } from "@grpc/grpc-js";
import type { Ask } from "../../domain/access/ask.ts";
import type { Caller } from "../../domain/access/callers.ts";
import type { CallRule } from "../../domain/access/system-access.ts";
import { ChatError } from "../../domain/errors.ts";
import { toResponse } from "../../live/responses.ts";
import type { OpenStream } from "../calls.ts";
import { type CallEnvironment, failure, refusePassedDeadline } from "../environment.ts";
import type { GrpcStatus } from "../errors.ts";
import type { StreamContext } from "../handler.ts";

/** The reason of a stream that ends without an error. */
const FINISHED = new Error("the stream has been finished");

/** A client has this long to read the end of its stream before the stream is reset. */
const TAKE_STATUS_MS = 5_000;

type StreamCall = ServerWritableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>;

interface StreamMethod {
  readonly path: string;
  readonly rule: CallRule;
  readonly environment: CallEnvironment;
}

/** Serves one stream from its start to its status: authenticates the caller, runs the handler and ends the call. */
export function serveStream(
  call: StreamCall,
  method: StreamMethod,
  run: (stream: StreamContext) => Promise<void>,
): void {
  const controller = new AbortController();
  let isCancelled = false;
  call.once("cancelled", () => {
    isCancelled = true;
    controller.abort(new Error("the client has gone"));
  });

  serve(call, method, { controller, run }).then(
    () => call.end(),
    (error: unknown) => {
      // Everything else that the handler has started ends too.
      controller.abort(error);
      if (isCancelled) return;
      if (error === FINISHED) {
        call.end();
        return;
      }
      call.emit("error", failure(error, method.path, method.environment.log));
      if (!isShuttingDown(error)) resetIfNotTaken(call);
    },
  );
}

async function serve(
  call: StreamCall,
  method: StreamMethod,
  { controller, run }: { controller: AbortController; run: (stream: StreamContext) => Promise<void> },
): Promise<void> {
  const { gate, calls } = method.environment;
  calls.begin();
  let stream: ServedStream | null = null;
  try {
    refusePassedDeadline(call.getDeadline());
    const { caller, address } = await gate.admit(method.rule, call);
    stream = new ServedStream(call, method, { controller, caller, address });
    calls.addStream(stream);
    // The session may have ended before there was a stream to end.
    await stream.recheck();
    // Otherwise grpc-js holds the headers back until the first message, which may come much later.
    call.sendMetadata(new Metadata());
    await run(stream);
  } finally {
    if (stream) calls.removeStream(stream);
    calls.finish();
  }
}

interface Admitted {
  readonly controller: AbortController;
  readonly caller: Caller;
  readonly address: string;
}

/**
 * One open stream, for its handler and for the list of open calls. Tens of thousands may be open, so it has no closures.
 */
class ServedStream implements StreamContext, OpenStream, EventListenerObject {
  readonly address: string;
  readonly #method: StreamMethod;
  readonly #controller: AbortController;
  readonly #http2Stream: ServerHttp2Stream;
  #caller: Caller;
  #drain: ((error: unknown) => void) | null = null;
  #onCallerChange: (() => void) | null = null;
  #hasEnded = false;

  constructor(call: StreamCall, method: StreamMethod, { controller, caller, address }: Admitted) {
    this.address = address;
    this.#method = method;
    this.#controller = controller;
    this.#http2Stream = http2StreamOf(call);
    this.#caller = caller;
    controller.signal.addEventListener("abort", this, { once: true });
  }

  /** Called when the signal aborts: the stream is about to end. */
  handleEvent(): void {
    this.#hasEnded = true;
  }

  get caller(): Caller {
    return this.#caller;
  }

  ask(calls = 1): Ask | Promise<Ask> {
    const { gate } = this.#method.environment;
    const ask = gate.askNow(this.#caller, this.address);
    const counted = gate.count(ask, calls);
    return counted ? counted.then(() => ask) : ask;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Writes to the HTTP/2 stream below the call: the responses are already encoded and prefixed. Through the call they
   * would pass a second queue, and each would be copied behind a prefix for each of a thousand listeners.
   */
  write(responses: Buffer, done: () => void): void {
    // A write after the end would destroy the stream before its status is sent.
    if (this.#hasEnded || this.#http2Stream.destroyed) return;
    this.#http2Stream.write(responses, (error) => {
      if (!error) done();
    });
  }

  send(message: Uint8Array): Promise<void> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      // A cancelled write never calls back.
      const abandon = (): void => reject(signal.reason);
      signal.addEventListener("abort", abandon, { once: true });
      this.write(toResponse(message), () => {
        signal.removeEventListener("abort", abandon);
        resolve();
      });
    });
  }

  end(error: unknown): void {
    this.#controller.abort(error);
  }

  finish(): void {
    this.end(FINISHED);
  }

  drain(error: unknown): void {
    if (this.#drain) this.#drain(error);
    else this.end(error);
  }

  onDrain(callback: (error: unknown) => void): void {
    this.#drain = callback;
  }

  onCallerChange(callback: () => void): void {
    this.#onCallerChange = callback;
  }

  async recheck(): Promise<void> {
    const { environment, rule } = this.#method;
    const before = this.#caller;
    this.#caller = await environment.gate.recheck(rule, before);
    if (this.#caller !== before) this.#onCallerChange?.();
  }

  failure(error: unknown): GrpcStatus {
    return failure(error, this.#method.path, this.#method.environment.log);
  }
}

/** A server that stops closes its connections anyway, and a client that is only busy should get the time to read why. */
function isShuttingDown(error: unknown): boolean {
  return error instanceof ChatError && error.reason === "SHUTTING_DOWN";
}

/**
 * Resets the stream of a client that reads nothing: it would never see the stream's end. In gRPC the client gets
 * RESOURCE_EXHAUSTED for ENHANCE_YOUR_CALM
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#errors).
 */
function resetIfNotTaken(call: StreamCall): void {
  const stream = http2StreamOf(call);
  const timer = setTimeout(() => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM), TAKE_STATUS_MS);
  timer.unref();
  stream.once("close", () => clearTimeout(timer));
}

/** Returns the HTTP/2 stream of a call. grpc-js has no public way to it, only these properties. */
function http2StreamOf(call: StreamCall): ServerHttp2Stream {
  const { call: transport } = call as unknown as { call?: { stream?: ServerHttp2Stream } };
  if (!transport?.stream) throw new Error("grpc-js keeps its HTTP/2 stream elsewhere than in 1.14.7");
  return transport.stream;
}
