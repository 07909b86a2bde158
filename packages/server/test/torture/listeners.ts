import { once } from "node:events";
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { fromBinary } from "@bufbuild/protobuf";
import { simple } from "@confab/protocol";
import type { ClientReadableStream } from "@grpc/grpc-js";
import { TestClient } from "../support/client.ts";
import { numberOf, Sequence } from "./broadcast.ts";

const { receiveMessage } = simple.ChatService.method;
const STREAMS_PER_CONNECTION = 100;
const FRAME_HEADER_BYTES = 5;

/** Many clients that listen and keep up. */
export class Listeners implements Disposable {
  readonly sequences: Sequence[] = [];
  /** Called for each message that one of them gets, with its number. */
  onMessage: (number: number) => void = () => {};
  readonly #clients: TestClient[] = [];
  readonly #streams: ClientReadableStream<simple.Message>[] = [];

  constructor(address: string, count: number) {
    for (let index = 0; index < count; index++) {
      if (index % STREAMS_PER_CONNECTION === 0) this.#clients.push(new TestClient(address));
      const stream = this.#clients.at(-1)?.serverStream(receiveMessage, {});
      if (stream) this.#listen(stream);
    }
  }

  /** True once each of them has received everything up to this number. */
  haveReached(number: number): boolean {
    return this.sequences.every((sequence) => sequence.next === number + 1);
  }

  problems(): string[] {
    return this.sequences.flatMap((sequence) => sequence.problems);
  }

  cancel(): void {
    for (const stream of this.#streams) stream.cancel();
  }

  [Symbol.dispose](): void {
    this.cancel();
    for (const client of this.#clients) client[Symbol.dispose]();
  }

  #listen(stream: ClientReadableStream<simple.Message>): void {
    const sequence = new Sequence();
    this.sequences.push(sequence);
    this.#streams.push(stream);
    stream.on("error", () => {});
    stream.on("data", ({ text }: simple.Message) => {
      const number = numberOf(text);
      sequence.add(number);
      this.onMessage(number);
    });
  }
}

/** A client that reads nothing of its stream until `startReading`. Bare HTTP/2, each on a connection of its own. */
export class SilentListener implements Disposable {
  readonly sequence = new Sequence();
  /** Resolves with the HTTP/2 error code when the stream has been closed. */
  readonly closed: Promise<number>;
  readonly #session: ClientHttp2Session;
  readonly #stream: ClientHttp2Stream;

  private constructor(session: ClientHttp2Session) {
    this.#session = session;
    this.#stream = session.request({
      ":method": "POST",
      ":path": `/${receiveMessage.parent.typeName}/${receiveMessage.name}`,
      "content-type": "application/grpc",
      te: "trailers",
    });
    this.#stream.pause();
    this.#stream.on("error", () => {});
    this.closed = new Promise((resolve) => {
      this.#stream.once("close", () => resolve(this.#stream.rstCode));
    });
    this.#stream.end(Buffer.alloc(FRAME_HEADER_BYTES));
  }

  /** Resolves when the server has begun to answer. */
  static async open(address: string): Promise<SilentListener> {
    const session = connect(`http://${address}`);
    session.on("error", () => {});
    const listener = new SilentListener(session);
    await once(listener.#stream, "response");
    return listener;
  }

  /** Takes what waits, and then everything as it comes. */
  startReading(): void {
    if (this.#stream.listenerCount("data") === 0) {
      let rest: Buffer = Buffer.alloc(0);
      this.#stream.on("data", (chunk: Buffer) => {
        rest = this.#takeFrames(Buffer.concat([rest, chunk]));
      });
    }
    this.#stream.resume();
  }

  /** The HTTP/2 error code that the stream was closed with; undefined while it is open. */
  get closeCode(): number | undefined {
    return this.#stream.closed ? this.#stream.rstCode : undefined;
  }

  /** The bytes that have arrived and were not read yet. */
  get waitingBytes(): number {
    return this.#stream.readableLength;
  }

  stopReading(): void {
    this.#stream.pause();
  }

  [Symbol.dispose](): void {
    this.#session.destroy();
  }

  /** Reads the whole gRPC frames, and gives back what is left. */
  #takeFrames(bytes: Buffer): Buffer {
    let rest = bytes;
    while (rest.length >= FRAME_HEADER_BYTES) {
      const end = FRAME_HEADER_BYTES + rest.readUInt32BE(1);
      if (rest.length < end) break;
      const message = fromBinary(simple.MessageSchema, rest.subarray(FRAME_HEADER_BYTES, end));
      this.sequence.add(numberOf(message.text));
      rest = rest.subarray(end);
    }
    return rest;
  }
}
