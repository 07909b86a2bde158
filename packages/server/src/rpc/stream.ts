import { constants, type ServerHttp2Stream } from "node:http2";
import { Metadata, type ServerDuplexStream, type ServerWritableStream } from "@grpc/grpc-js";
import type { Caller } from "../domain/callers.ts";
import { ChatError } from "../domain/errors.ts";
import type { CallRule } from "../domain/system-access.ts";
import { toResponse } from "../live/responses.ts";
import { addressOf } from "./address.ts";
import type { OpenStream } from "./calls.ts";
import { type CallEnvironment, failure, refusePassedDeadline } from "./environment.ts";
import type { GrpcStatus } from "./errors.ts";
import type { StreamContext } from "./handler.ts";

/** What a stream is ended with whose end is no failure. */
const FINISHED = new Error("the stream has been finished");

/** How long a client has to take the end of its stream before the stream is reset. */
const TAKE_STATUS_MS = 5_000;

export type StreamCall = ServerWritableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>;

export interface StreamMethod {
  readonly path: string;
  readonly rule: CallRule;
  readonly environment: CallEnvironment;
}

/** Runs one stream from its first byte to its status: authenticates, runs the handler, and ends the call. */
export function serveStream(
  call: StreamCall,
  method: StreamMethod,
  run: (context: StreamContext) => Promise<void>,
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
      // Whatever else the handler has under way ends with it.
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
  { controller, run }: { controller: AbortController; run: (context: StreamContext) => Promise<void> },
): Promise<void> {
  const { gate, calls } = method.environment;
  calls.begin();
  let stream: ServedStream | null = null;
  try {
    refusePassedDeadline(call.getDeadline());
    const address = addressOf(call);
    const caller = await gate.admit(method.rule, call);
    stream = new ServedStream(call, method, { controller, caller, address });
    calls.addStream(stream);
    // grpc-js would hold the headers back until the first message, which may be long in coming.
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
 * One open stream, as its handler and the list of open calls see it. Tens of thousands may be open, so it has no
 * closures.
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

  /** The stream is about to end. */
  handleEvent(): void {
    this.#hasEnded = true;
  }

  get caller(): Caller {
    return this.#caller;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * The responses are encoded and prefixed already, and go to the HTTP/2 stream: through the call each would pass
   * a second queue, and be copied behind a prefix for each of a thousand listeners.
   */
  write(responses: Buffer, done: () => void): void {
    // What an outbox still holds when the stream ends is dropped: written after the end it would destroy the stream
    // before the status is sent.
    if (this.#hasEnded || this.#http2Stream.destroyed) return;
    this.#http2Stream.write(responses, (error) => {
      if (!error) done();
    });
  }

  send(message: Uint8Array): Promise<void> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      // A write that is cancelled is never called back.
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

/** A server that stops ends the connections anyway, and clients that are only busy had better read why. */
function isShuttingDown(error: unknown): boolean {
  return error instanceof ChatError && error.reason === "SHUTTING_DOWN";
}

/**
 * A client that takes nothing would never see the end of its stream: it is reset. It sees RESOURCE_EXHAUSTED,
 * which is what ENHANCE_YOUR_CALM means in gRPC
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#errors).
 */
function resetIfNotTaken(call: StreamCall): void {
  const stream = http2StreamOf(call);
  const timer = setTimeout(() => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM), TAKE_STATUS_MS);
  timer.unref();
  stream.once("close", () => clearTimeout(timer));
}

/** grpc-js has no public way to its HTTP/2 stream; its call objects lead to it by these names. */
function http2StreamOf(call: StreamCall): ServerHttp2Stream {
  const { call: transport } = call as unknown as { call?: { stream?: ServerHttp2Stream } };
  if (!transport?.stream) throw new Error("grpc-js keeps its HTTP/2 stream elsewhere than in 1.14.7");
  return transport.stream;
}
