import type { Ask } from "../domain/access/ask.ts";
import type { Caller } from "../domain/access/callers.ts";
import { ChatError } from "../domain/errors.ts";
import type { ResponseWriter } from "../live/outbox.ts";
import { toResponse } from "../live/responses.ts";
import type { BoundMethod } from "./binding.ts";
import { extraCallsOfBytes } from "./call-cost.ts";
import type { OpenStream } from "./calls.ts";
import { type CallEnvironment, failure, refusePassedDeadline } from "./environment.ts";
import type { CallStatus } from "./errors.ts";
import type { StreamContext } from "./handler.ts";
import { CLIENT_GONE, type IncomingCall } from "./incoming-call.ts";

/** The reason of a stream that ends without an error. */
const FINISHED = new Error("the stream has been finished");

/** A client has this long to read the end of its stream before the stream is reset. */
export const TAKE_END_MS = 5_000;

/** A port's way to write one stream and to end it. Nothing is written after the end. */
export interface StreamSink extends ResponseWriter {
  /** Calls back when the client has gone before the stream's end. */
  onGone(callback: () => void): void;
  /** Sends the headers at once: the first response may come much later. */
  open(): void;
  /** Ends the stream without an error. */
  end(): void;
  /** Ends the stream with an error. @param resets the stream is reset if the client does not take its end in time */
  fail(status: CallStatus, resets: boolean): void;
}

interface StreamMethod {
  readonly bound: BoundMethod;
  readonly environment: CallEnvironment;
}

/** Serves one stream from its start to its status: authenticates the caller, runs the handler and ends the stream. */
export function serveStream(
  call: IncomingCall,
  sink: StreamSink,
  method: StreamMethod,
  run: (stream: StreamContext) => Promise<void>,
): void {
  const controller = new AbortController();
  let isGone = false;
  sink.onGone(() => {
    isGone = true;
    controller.abort(CLIENT_GONE);
  });

  serve(call, sink, method, { controller, run }).then(
    () => sink.end(),
    (error: unknown) => {
      // Everything else that the handler has started ends too.
      controller.abort(error);
      if (isGone || error === CLIENT_GONE) return;
      if (error === FINISHED) sink.end();
      else sink.fail(failureOf(method, error), !isShuttingDown(error));
    },
  );
}

async function serve(
  call: IncomingCall,
  sink: StreamSink,
  method: StreamMethod,
  { controller, run }: { controller: AbortController; run: (stream: StreamContext) => Promise<void> },
): Promise<void> {
  const { gate, calls } = method.environment;
  calls.begin();
  let stream: ServedStream | null = null;
  try {
    refusePassedDeadline(call.getDeadline());
    const { caller, address } = await gate.admit(method.bound.rule, call);
    stream = new ServedStream(sink, method, { controller, caller, address });
    calls.addStream(stream);
    // The session may have ended before there was a stream to end.
    await stream.recheck();
    sink.open();
    await run(stream);
  } finally {
    if (stream) calls.removeStream(stream);
    calls.finish();
  }
}

/** Counts a long request as several calls; undefined if it is none, or nothing is limited. @throws ChatError RATE_LIMITED */
export function countBytes(stream: StreamContext, bytes: number): Promise<unknown> | undefined {
  const extra = extraCallsOfBytes(bytes);
  const asked = extra > 0 ? stream.ask(extra) : undefined;
  return asked instanceof Promise ? asked : undefined;
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
  readonly #sink: StreamSink;
  #caller: Caller;
  #drain: ((error: unknown) => void) | null = null;
  #onCallerChange: (() => void) | null = null;
  #hasEnded = false;

  constructor(sink: StreamSink, method: StreamMethod, { controller, caller, address }: Admitted) {
    this.address = address;
    this.#method = method;
    this.#controller = controller;
    this.#sink = sink;
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

  write(responses: Buffer, done: () => void): void {
    // A write after the end would destroy the stream before its status is sent.
    if (!this.#hasEnded) this.#sink.write(responses, done);
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
    const { environment, bound } = this.#method;
    const before = this.#caller;
    this.#caller = await environment.gate.recheck(bound.rule, before);
    if (this.#caller !== before) this.#onCallerChange?.();
  }

  failure(error: unknown): CallStatus {
    return failureOf(this.#method, error);
  }
}

function failureOf({ bound, environment }: StreamMethod, error: unknown): CallStatus {
  return failure(error, bound.path, environment.log);
}

/** A server that stops closes its connections anyway, and a client that is only busy should get the time to read why. */
function isShuttingDown(error: unknown): boolean {
  return error instanceof ChatError && error.reason === "SHUTTING_DOWN";
}
