import type { IncomingHttpHeaders } from "node:http";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import { ChatError } from "../../../domain/errors.ts";
import type { CallHeaders, IncomingCall } from "../../incoming-call.ts";
import type { Format } from "./formats.ts";
import type { PingedSession } from "./pings.ts";

/** A request of HTTP/1.1 or HTTP/2: the part that both have. */
export interface WebRequest extends Readable {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: string[];
  readonly httpVersionMajor: number;
  readonly socket: Socket;
  /** The stream of a request of HTTP/2. */
  readonly stream?: { close(): void; readonly session?: PingedSession | undefined };
}

/** The response to one of them. */
export interface WebResponse {
  /** Sets a header that `writeHead` sends, too. */
  setHeader(name: string, value: string): unknown;
  writeHead(code: number, headers: Readonly<Record<string, string | number>>): unknown;
  /** Missing where `writeHead` sends the headers at once. */
  flushHeaders?(): void;
  write(bytes: Buffer, done: (error?: Error | null) => void): boolean;
  end(bytes: Buffer | string): unknown;
  destroy(): unknown;
  once(event: "close", listener: () => void): unknown;
  on(event: "error", listener: () => void): unknown;
}

const PRINTABLE = /^[ -~]+$/;
/** 24 days, as on the gRPC port: timers count milliseconds in 32 bits. */
const MAX_TIMEOUT_MS = 24 * 24 * 3_600_000;
const CONNECT_TIMEOUT = /^(?<count>\d{1,10})$/;
const GRPC_TIMEOUT = /^(?<count>\d{1,8})(?<unit>[HMSmun])$/;
const UNIT_MS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** One request of the web port that is a call, and its response. */
export class Exchange implements IncomingCall {
  readonly request: WebRequest;
  readonly response: WebResponse;
  readonly format: Format;
  readonly metadata: CallHeaders;
  #isClosed = false;
  #deadline: number | null = null;
  #isAbandoned = false;

  constructor(request: WebRequest, response: WebResponse, format: Format) {
    this.request = request;
    this.response = response;
    this.format = format;
    this.metadata = { get: (name) => valuesOf(request, name) };
    response.once("close", () => {
      this.#isClosed = true;
    });
    // A client that breaks off is no failure of the server.
    request.on("error", () => {});
    response.on("error", () => {});
  }

  /** The response has been sent, or its client has gone: nothing can be written any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  getPeer(): string {
    const { remoteAddress, remotePort } = this.request.socket;
    return `${remoteAddress}:${remotePort}`;
  }

  /** Lets the connection, or the stream of HTTP/2, close with the answer: the rest of the request may never come. */
  abandonRequest(): void {
    this.#isAbandoned = true;
  }

  /** Sends the whole answer. */
  respond(code: number, headers: Readonly<Record<string, string>>, body: Buffer | string): void {
    if (this.#isClosed) return;
    const { request, response } = this;
    const isUnread = !request.readableEnded && (this.#isAbandoned || !isShort(request));
    const isHttp1 = request.httpVersionMajor === 1;
    response.writeHead(code, {
      "cache-control": "no-store",
      "content-length": String(Buffer.byteLength(body)),
      ...(isUnread && isHttp1 ? { connection: "close" } : {}),
      ...headers,
    });
    response.end(body);
    if (!isUnread) request.resume();
    else request.stream?.close();
  }

  /** @throws ChatError FIELD_INVALID when the header of the timeout is malformed */
  getDeadline(): number {
    this.#deadline ??= Date.now() + readTimeoutMs(this.format, this.request.headers);
    return this.#deadline;
  }
}

/** Returns the part of the address after the question mark. */
export function queryOf({ url = "" }: WebRequest): URLSearchParams {
  const start = url.indexOf("?");
  return new URLSearchParams(start < 0 ? "" : url.slice(start));
}

/** The most of a request that is discarded after its refusal; beyond that, the connection or the stream is closed. */
const MAX_DISCARDED_BYTES = 1024 * 1024;

/** The rest of the request may be read, so that its connection can have another. */
function isShort({ headers, httpVersionMajor }: WebRequest): boolean {
  const length = headers["content-length"];
  if (length !== undefined) return Number(length) <= MAX_DISCARDED_BYTES;
  return httpVersionMajor === 1 && headers["transfer-encoding"] === undefined;
}

/** Reads all values: of a header that came more than once, the runtimes keep one, or join them. */
function valuesOf({ rawHeaders }: WebRequest, name: string): readonly string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() !== name) continue;
    const value = rawHeaders[index + 1] ?? "";
    values.push(PRINTABLE.test(value) ? value : "");
  }
  return values;
}

function readTimeoutMs({ protocol }: Format, headers: IncomingHttpHeaders): number {
  const isGrpc = protocol === "grpc-web";
  const name = isGrpc ? "grpc-timeout" : "connect-timeout-ms";
  const value = headers[name];
  if (value === undefined) return Number.POSITIVE_INFINITY;
  const { count, unit = "m" } = (isGrpc ? GRPC_TIMEOUT : CONNECT_TIMEOUT).exec(String(value))?.groups ?? {};
  const timeoutMs = Number(count) * (UNIT_MS[unit] ?? Number.NaN);
  if (Number.isNaN(timeoutMs)) {
    throw new ChatError("FIELD_INVALID", `the header \`${name}\` is no timeout`, { field: name });
  }
  return Math.min(timeoutMs, MAX_TIMEOUT_MS);
}
