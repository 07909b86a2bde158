import type { DescMessage } from "@bufbuild/protobuf";
import type { CallStatus } from "../../errors.ts";
import { type StreamSink, TAKE_END_MS } from "../../served-stream.ts";
import { toEnding } from "./endings.ts";
import type { Exchange } from "./exchange.ts";
import { toText } from "./failures.ts";
import { toJsonResponses } from "./messages.ts";
import { pingSession } from "./pings.ts";

/** A connection of HTTP/1.1 that is quiet for so long is probed by TCP, and closed if nothing answers. */
const KEEP_ALIVE_MS = 10_000;

/** Writes the stream of a call straight to its response: the prefixes are the same as in gRPC. */
export class WebSink implements StreamSink {
  readonly #exchange: Exchange;
  readonly #schema: DescMessage;
  #hasBegun = false;
  #hasEnded = false;

  /** @param schema the type of the stream's responses */
  constructor(exchange: Exchange, schema: DescMessage) {
    this.#exchange = exchange;
    this.#schema = schema;
  }

  onGone(callback: () => void): void {
    this.#exchange.response.once("close", () => {
      if (!this.#hasEnded) callback();
    });
  }

  open(): void {
    const { response, format, isClosed } = this.#exchange;
    if (this.#hasBegun || isClosed) return;
    this.#hasBegun = true;
    response.writeHead(200, {
      "content-type": format.contentType,
      "cache-control": "no-store",
      // Proxies would hold the stream back.
      "x-accel-buffering": "no",
    });
    response.flushHeaders?.();
    this.#watchConnection();
  }

  write(responses: Buffer, done: () => void): void {
    const { response, format, isClosed } = this.#exchange;
    if (isClosed) return;
    const converted = format.isJson ? toJsonResponses(this.#schema, responses) : responses;
    response.write(toText(format, converted), (error) => {
      if (!error) done();
    });
  }

  end(): void {
    this.#finish(null);
  }

  fail(status: CallStatus, resets: boolean): void {
    this.#finish(status);
    if (resets) this.#closeIfNotTaken();
  }

  #finish(status: CallStatus | null): void {
    const { response, format, isClosed } = this.#exchange;
    if (isClosed) return;
    this.open();
    this.#hasEnded = true;
    response.end(toText(format, toEnding(format, status)));
  }

  /** A client that has vanished, in a stream without news, would keep its place. */
  #watchConnection(): void {
    const { socket, stream } = this.#exchange.request;
    if (!stream) socket.setKeepAlive(true, KEEP_ALIVE_MS);
    else if (stream.session) pingSession(stream.session);
  }

  /** A client that reads nothing would keep the connection, and what waits in it, for ever. */
  #closeIfNotTaken(): void {
    const { response } = this.#exchange;
    const timer = setTimeout(() => response.destroy(), TAKE_END_MS).unref();
    response.once("close", () => clearTimeout(timer));
  }
}
