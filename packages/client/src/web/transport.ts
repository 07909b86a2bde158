import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import { connectionLost } from "../connection/stream.ts";
import { closedError } from "../errors.ts";
import { encode } from "../transport/encode.ts";
import type { LiveStream, StreamOptions, Transport, UnaryOptions } from "../transport/port.ts";
import { AnsweredFrames } from "./answered-frames.ts";
import { ConnectCalls } from "./connect-calls.ts";
import { fromFailure } from "./errors.ts";
import { UnaryCommands } from "./unary-commands.ts";
import { parseServerUrl } from "./url.ts";

type Hello = MessageInitShape<typeof v1.HelloSchema>;

/** Asks the server to keep the refresh token in a cookie. */
const REFRESH_HEADER = "x-confab-refresh";

/** Options of {@link webTransport}. */
export interface WebTransportOptions {
  /** As in `connect`. */
  readonly session?: "cookie" | undefined;
}

/**
 * Makes a transport over `fetch`, for browsers: the Connect protocol in binary. It subscribes, and sends each command as a unary
 * call. The URL is as in `connect`.
 * @throws InvalidArgumentError `ADDRESS_INVALID`
 */
export function webTransport(url: string, { session }: WebTransportOptions = {}): Transport {
  const serverUrl = parseServerUrl(url);
  // A page can have cookies of its own server only.
  const isOwnServer = globalThis.location?.origin === new URL(serverUrl).origin;
  return new WebTransport(serverUrl, session === "cookie" && isOwnServer);
}

class WebTransport implements Transport {
  readonly #url: string;
  readonly #usesCookie: boolean;
  readonly #calls: ConnectCalls;
  /** Aborts what is under way. */
  #connection = new AbortController();
  #isClosed = false;

  constructor(url: string, usesCookie: boolean) {
    this.#url = url;
    this.#usesCookie = usesCookie;
    this.#calls = new ConnectCalls(url);
  }

  async unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    { signal, timeoutMs, ...credentials }: UnaryOptions,
  ): Promise<MessageShape<O>> {
    signal?.throwIfAborted();
    const either = this.#until(signal);
    const body = encode(method.input, request);
    const headers = toHeaders(credentials);
    if (this.#usesCookie && method.parent === v1.AuthService) headers.set(REFRESH_HEADER, "cookie");
    try {
      return await this.#calls.unary({ method, body, headers, signal: either }, timeoutMs);
    } catch (error) {
      either.throwIfAborted();
      throw fromFailure(error, this.#url);
    }
  }

  connect(hello: Hello, { call, ...options }: StreamOptions): LiveStream {
    const ending = new AbortController();
    const signal = this.#until(AbortSignal.any([options.signal, ending.signal]));
    const frames = new AnsweredFrames(this.#subscribe(hello, { ...options, signal }));
    const commands = new UnaryCommands({
      call,
      signal,
      onAnswer: (answer) => frames.add(answer),
      onLost: (error) => frames.fail(error),
    });
    return {
      frames: endingAfter(frames, ending),
      send: (commandId, command, afterCommandId) => commands.send(commandId, command, afterCommandId),
    };
  }

  /** A browser keeps its connection to a server whatever a page wants; with HTTP/1.1 it closes those of aborted calls. */
  reset(): void {
    this.#connection.abort(connectionLost());
    this.#connection = new AbortController();
  }

  close(): void {
    this.#isClosed = true;
    this.#connection.abort(closedError());
  }

  async *#subscribe(
    hello: Hello,
    { signal, ...credentials }: Omit<StreamOptions, "call">,
  ): AsyncGenerator<readonly v1.Frame[]> {
    const method = v1.ChatService.method.subscribe;
    const body = encode(method.input, { hello });
    const headers = toHeaders(credentials);
    try {
      for await (const { frames } of this.#calls.stream({ method, body, headers, signal })) yield frames;
    } catch (error) {
      signal.throwIfAborted();
      throw fromFailure(error, this.#url);
    }
  }

  #until(signal: AbortSignal | undefined): AbortSignal {
    if (this.#isClosed) throw closedError();
    return signal ? AbortSignal.any([signal, this.#connection.signal]) : this.#connection.signal;
  }
}

/** Yields the frames, and ends the stream when they are no longer read. */
async function* endingAfter(
  frames: AnsweredFrames,
  ending: AbortController,
): AsyncGenerator<readonly v1.Frame[]> {
  try {
    yield* frames.read();
  } finally {
    ending.abort(connectionLost());
  }
}

function toHeaders({ accessToken, actAs }: Pick<UnaryOptions, "accessToken" | "actAs">): Headers {
  const headers = new Headers();
  if (accessToken !== undefined) headers.set("authorization", `Bearer ${accessToken}`);
  if (actAs !== undefined) headers.set("x-confab-act-as", actAs);
  return headers;
}
