import { constants, type ServerHttp2Stream } from "node:http2";
import { Metadata, type ServerDuplexStream, type ServerWritableStream } from "@grpc/grpc-js";
import { ChatError } from "../domain/errors.ts";
import type { CallRule } from "../domain/system-access.ts";
import type { WriteResponses } from "../live/outbox.ts";
import { toResponse } from "../live/responses.ts";
import { addressOf } from "./address.ts";
import { type CallEnvironment, failure, refusePassedDeadline } from "./environment.ts";
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
  { path, rule, environment }: StreamMethod,
  run: (context: StreamContext) => Promise<void>,
): void {
  const { gate, calls, log } = environment;
  const controller = new AbortController();
  let isCancelled = false;
  call.once("cancelled", () => {
    isCancelled = true;
    controller.abort(new Error("the client has gone"));
  });

  serve().then(
    () => call.end(),
    (error: unknown) => {
      // Whatever else the handler has under way ends with it.
      controller.abort(error);
      if (isCancelled) return;
      if (error === FINISHED) {
        call.end();
        return;
      }
      call.emit("error", failure(error, path, log));
      if (!isShuttingDown(error)) resetIfNotTaken(call);
    },
  );

  async function serve(): Promise<void> {
    calls.begin();
    const write = createWrite(call, controller.signal);
    const end = (error: unknown): void => controller.abort(error);
    let drain = end;
    let onCallerChange: (() => void) | null = null;
    let registration: Disposable | null = null;
    try {
      refusePassedDeadline(call.getDeadline());
      const address = addressOf(call);
      let caller = await gate.admit(rule, call);
      registration = calls.addStream({
        caller,
        end,
        drain: (error) => drain(error),
        recheck: async () => {
          const before = caller;
          caller = await gate.recheck(rule, caller);
          if (caller !== before) onCallerChange?.();
        },
      });
      // grpc-js would hold the headers back until the first message, which may be long in coming.
      call.sendMetadata(new Metadata());
      await run({
        get caller() {
          return caller;
        },
        address,
        signal: controller.signal,
        write,
        send: createSend(write, controller.signal),
        onCallerChange(callback) {
          onCallerChange = callback;
        },
        end,
        finish: () => end(FINISHED),
        onDrain(callback) {
          drain = callback;
        },
        failure: (error) => failure(error, path, log),
      });
    } finally {
      registration?.[Symbol.dispose]();
      calls.finish();
    }
  }
}

/**
 * Writes responses, which are encoded and prefixed already, to the HTTP/2 stream: through the call each would pass
 * a second queue, and be copied behind a prefix for each of a thousand listeners.
 */
function createWrite(call: StreamCall, signal: AbortSignal): WriteResponses {
  const stream = http2StreamOf(call);
  // What an outbox still holds when the stream ends is dropped: written after the end it would destroy the stream
  // before the status is sent.
  let hasEnded = signal.aborted;
  signal.addEventListener("abort", () => (hasEnded = true), { once: true });
  return (responses, done) => {
    if (hasEnded || stream.destroyed) return;
    stream.write(responses, (error) => {
      if (!error) done();
    });
  };
}

/** `write`, as a promise that does not outlive the stream: a cancelled write is never called back. */
function createSend(write: WriteResponses, signal: AbortSignal): StreamContext["send"] {
  let rejectSending: ((reason: unknown) => void) | null = null;
  signal.addEventListener("abort", () => rejectSending?.(signal.reason), { once: true });
  return (message) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      rejectSending = reject;
      write(toResponse(message), resolve);
    });
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
