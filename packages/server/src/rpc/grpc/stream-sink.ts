import { constants, type ServerHttp2Stream } from "node:http2";
import { Metadata, type ServerDuplexStream, type ServerWritableStream } from "@grpc/grpc-js";
import type { CallStatus } from "../errors.ts";
import { type StreamSink, TAKE_END_MS } from "../served-stream.ts";
import { toGrpcStatus } from "./status.ts";

type StreamCall = ServerWritableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>;

/** Writes the stream of a gRPC call. */
export class GrpcSink implements StreamSink {
  readonly #call: StreamCall;
  readonly #http2Stream: ServerHttp2Stream;

  constructor(call: StreamCall) {
    this.#call = call;
    this.#http2Stream = http2StreamOf(call);
  }

  onGone(callback: () => void): void {
    this.#call.once("cancelled", callback);
  }

  /** Otherwise grpc-js holds the headers back until the first message. */
  open(): void {
    this.#call.sendMetadata(new Metadata());
  }

  /**
   * Writes to the HTTP/2 stream below the call: the responses are already encoded and prefixed. Through the call they
   * would pass a second queue, and each would be copied behind a prefix for each of a thousand listeners.
   */
  write(responses: Buffer, done: () => void): void {
    if (this.#http2Stream.destroyed) return;
    this.#http2Stream.write(responses, (error) => {
      if (!error) done();
    });
  }

  end(): void {
    this.#call.end();
  }

  fail(status: CallStatus, resets: boolean): void {
    this.#call.emit("error", toGrpcStatus(status));
    if (resets) resetIfNotTaken(this.#http2Stream);
  }
}

/**
 * Resets the stream of a client that reads nothing: it would never see the stream's end. In gRPC the client gets
 * RESOURCE_EXHAUSTED for ENHANCE_YOUR_CALM
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#errors).
 */
function resetIfNotTaken(stream: ServerHttp2Stream): void {
  const timer = setTimeout(() => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM), TAKE_END_MS);
  timer.unref();
  stream.once("close", () => clearTimeout(timer));
}

/** Returns the HTTP/2 stream of a call. grpc-js has no public way to it, only these properties. */
function http2StreamOf(call: StreamCall): ServerHttp2Stream {
  const { call: transport } = call as unknown as { call?: { stream?: ServerHttp2Stream } };
  if (!transport?.stream) throw new Error("grpc-js keeps its HTTP/2 stream elsewhere than in 1.14.7");
  return transport.stream;
}
