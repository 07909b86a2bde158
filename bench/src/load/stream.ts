import { create, toBinary } from "@bufbuild/protobuf";
import { v1 } from "@confab/protocol";
import { Connection, INITIAL_WINDOW_BYTES, MAX_WINDOW_BYTES } from "./connection.ts";
import {
  encodeFrame,
  encodeGrpcMessage,
  encodeRequestHeaders,
  encodeWindowUpdate,
  FRAME_HEADER_BYTES,
  type Frame,
  frameFlag,
  frameType,
  GRPC_PREFIX_BYTES,
  readSettings,
  setting,
} from "./frames.ts";
import type { LoadClient, OnAnswer, RepeatedCall } from "./measure.ts";
import { findNumberPlaces, writeNumber } from "./numbering.ts";
import { MessageReader, readResponseFrames } from "./response-frames.ts";

const STREAM_ID = 1;

/**
 * Repeats one command on one `Connect` stream. Each command leaves in its own DATA frame, as gRPC's libraries send it.
 * Answers arrive in the order of the commands.
 */
export class StreamCommands implements LoadClient {
  readonly #connection: Connection;
  readonly #command: Buffer;
  readonly #numberPlaces: readonly number[];
  readonly #onAnswer: OnAnswer;
  readonly #responses = new MessageReader();
  readonly #ready = Promise.withResolvers<void>();
  /** Start times of the unanswered commands, oldest first, from `#firstUnanswered` on. */
  #startedAtMs: number[] = [];
  #firstUnanswered = 0;
  #started: number;
  #connectionWindowBytes = INITIAL_WINDOW_BYTES;
  #streamWindowBytes = INITIAL_WINDOW_BYTES;
  #initialWindowBytes = INITIAL_WINDOW_BYTES;
  #waitingForWindow = 0;
  #receivedBytes = 0;

  private constructor(
    connection: Connection,
    { path, metadata, message, firstNumber = 0 }: RepeatedCall,
    onAnswer: OnAnswer,
  ) {
    this.#started = firstNumber;
    this.#connection = connection;
    this.#onAnswer = onAnswer;
    this.#command = dataFrame(message);
    const messageOffset = FRAME_HEADER_BYTES + GRPC_PREFIX_BYTES;
    this.#numberPlaces = findNumberPlaces(message).map((offset) => messageOffset + offset);
    connection.listen((frame) => this.#handle(frame));
    connection.write(
      encodeFrame({
        type: frameType.headers,
        flags: frameFlag.endHeaders,
        streamId: STREAM_ID,
        payload: encodeRequestHeaders(path, metadata),
      }),
    );
    this.#send(dataFrame(hello()));
    connection.flush();
  }

  /** Resolves once the stream is ready. */
  static async open(port: number, call: RepeatedCall, onAnswer: OnAnswer): Promise<StreamCommands> {
    const commands = new StreamCommands(await Connection.open(port), call, onAnswer);
    await Promise.race([commands.#ready.promise, commands.failed]);
    return commands;
  }

  get failed(): Promise<never> {
    return this.#connection.failed;
  }

  start(): void {
    const bytes = this.#command.length - FRAME_HEADER_BYTES;
    if (Math.min(this.#connectionWindowBytes, this.#streamWindowBytes) < bytes) {
      this.#waitingForWindow++;
      return;
    }
    const command = Buffer.from(this.#command);
    this.#started++;
    for (const offset of this.#numberPlaces) writeNumber(command, offset, this.#started);
    this.#startedAtMs.push(performance.now());
    this.#send(command);
  }

  flush(): void {
    this.#connection.flush();
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }

  #send(data: Buffer): void {
    this.#connectionWindowBytes -= data.length - FRAME_HEADER_BYTES;
    this.#streamWindowBytes -= data.length - FRAME_HEADER_BYTES;
    this.#connection.write(data);
  }

  #handle({ type, flags, streamId, payload }: Frame): void {
    switch (type) {
      case frameType.data:
        this.#take(payload);
        return;
      case frameType.headers:
        if (flags & frameFlag.endStream) this.#connection.fail(new Error("the server ended the stream"));
        return;
      case frameType.rstStream:
        this.#connection.fail(new Error("the server reset the stream"));
        return;
      case frameType.settings: {
        const windowBytes = readSettings(payload).get(setting.initialWindowSize) ?? this.#initialWindowBytes;
        this.#streamWindowBytes += windowBytes - this.#initialWindowBytes;
        this.#initialWindowBytes = windowBytes;
        this.#startWaiting();
        return;
      }
      case frameType.windowUpdate:
        if (streamId === 0) this.#connectionWindowBytes += payload.readUInt32BE(0);
        else this.#streamWindowBytes += payload.readUInt32BE(0);
        this.#startWaiting();
    }
  }

  #take(payload: Buffer): void {
    for (const response of this.#responses.push(payload)) {
      readResponseFrames(response, {
        ready: () => this.#ready.resolve(),
        answer: (isOk) => this.#answered(isOk),
      });
    }
    this.#receivedBytes += payload.length;
    if (this.#receivedBytes < MAX_WINDOW_BYTES / 2) return;
    this.#connection.write(encodeWindowUpdate(this.#receivedBytes, STREAM_ID));
    this.#receivedBytes = 0;
  }

  #answered(isOk: boolean): void {
    const startedAtMs = this.#startedAtMs[this.#firstUnanswered++] ?? Number.NaN;
    if (this.#firstUnanswered * 2 > this.#startedAtMs.length) {
      this.#startedAtMs = this.#startedAtMs.slice(this.#firstUnanswered);
      this.#firstUnanswered = 0;
    }
    this.#onAnswer({ isOk, tookMs: performance.now() - startedAtMs });
  }

  #startWaiting(): void {
    const waiting = this.#waitingForWindow;
    this.#waitingForWindow = 0;
    for (let count = 0; count < waiting; count++) this.start();
  }
}

function hello(): Buffer {
  const request = create(v1.ConnectRequestSchema, { command: { case: "hello", value: {} } });
  return Buffer.from(toBinary(v1.ConnectRequestSchema, request));
}

function dataFrame(message: Buffer): Buffer {
  return encodeFrame({
    type: frameType.data,
    flags: 0,
    streamId: STREAM_ID,
    payload: encodeGrpcMessage(message),
  });
}
