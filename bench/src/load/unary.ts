import { Connection, INITIAL_WINDOW_BYTES } from "./connection.ts";
import {
  encodeFrame,
  encodeGrpcMessage,
  encodeRequestHeaders,
  FRAME_HEADER_BYTES,
  type Frame,
  frameFlag,
  frameType,
  GRPC_PREFIX_BYTES,
  STREAM_ID_OFFSET,
} from "./frames.ts";
import type { LoadClient, OnAnswer, RepeatedCall } from "./measure.ts";
import { findNumberPlaces, writeNumber } from "./numbering.ts";

interface Running {
  readonly startedAtMs: number;
  hasMessage: boolean;
}

/** Repeats one unary call on one HTTP/2 connection. It counts the answers without decoding them. */
export class UnaryCalls implements LoadClient {
  readonly #connection: Connection;
  readonly #request: Buffer;
  readonly #dataOffset: number;
  readonly #dataBytes: number;
  readonly #numberPlaces: readonly number[];
  readonly #onAnswer: OnAnswer;
  readonly #running = new Map<number, Running>();
  #nextStreamId = 1;
  #sendWindowBytes = INITIAL_WINDOW_BYTES;
  #waitingForWindow = 0;

  private constructor(connection: Connection, { path, metadata, message }: RepeatedCall, onAnswer: OnAnswer) {
    this.#connection = connection;
    this.#onAnswer = onAnswer;
    const headers = encodeFrame({
      type: frameType.headers,
      flags: frameFlag.endHeaders,
      streamId: 0,
      payload: encodeRequestHeaders(path, metadata),
    });
    const body = encodeGrpcMessage(message);
    const data = encodeFrame({
      type: frameType.data,
      flags: frameFlag.endStream,
      streamId: 0,
      payload: body,
    });
    this.#request = Buffer.concat([headers, data]);
    this.#dataOffset = headers.length;
    this.#dataBytes = body.length;
    const messageOffset = headers.length + FRAME_HEADER_BYTES + GRPC_PREFIX_BYTES;
    this.#numberPlaces = findNumberPlaces(message).map((offset) => messageOffset + offset);
    connection.listen((frame) => this.#handle(frame));
  }

  static async open(port: number, call: RepeatedCall, onAnswer: OnAnswer): Promise<UnaryCalls> {
    return new UnaryCalls(await Connection.open(port), call, onAnswer);
  }

  get failed(): Promise<never> {
    return this.#connection.failed;
  }

  start(): void {
    if (this.#sendWindowBytes < this.#dataBytes) {
      this.#waitingForWindow++;
      return;
    }
    this.#sendWindowBytes -= this.#dataBytes;
    const streamId = this.#nextStreamId;
    this.#nextStreamId += 2;
    this.#running.set(streamId, { startedAtMs: performance.now(), hasMessage: false });
    const request = Buffer.from(this.#request);
    request.writeUInt32BE(streamId, STREAM_ID_OFFSET);
    request.writeUInt32BE(streamId, this.#dataOffset + STREAM_ID_OFFSET);
    for (const offset of this.#numberPlaces) writeNumber(request, offset, streamId);
    this.#connection.write(request);
  }

  flush(): void {
    this.#connection.flush();
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }

  #handle({ type, flags, streamId, payload }: Frame): void {
    switch (type) {
      case frameType.data: {
        const running = this.#running.get(streamId);
        if (running) running.hasMessage = true;
        if (flags & frameFlag.endStream) this.#finish(streamId);
        return;
      }
      case frameType.headers:
        if (flags & frameFlag.endStream) this.#finish(streamId);
        return;
      case frameType.rstStream:
        this.#finish(streamId);
        return;
      case frameType.windowUpdate:
        if (streamId === 0) this.#widen(payload.readUInt32BE(0));
    }
  }

  #finish(streamId: number): void {
    const running = this.#running.get(streamId);
    if (!running) return;
    this.#running.delete(streamId);
    this.#onAnswer({ isOk: running.hasMessage, tookMs: performance.now() - running.startedAtMs });
  }

  #widen(bytes: number): void {
    this.#sendWindowBytes += bytes;
    const waiting = this.#waitingForWindow;
    this.#waitingForWindow = 0;
    for (let count = 0; count < waiting; count++) this.start();
  }
}
