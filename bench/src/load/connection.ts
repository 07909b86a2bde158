import { once } from "node:events";
import { connect, type Socket } from "node:net";
import {
  CONNECTION_PREFACE,
  encodeFrame,
  encodeGrpcMessage,
  encodeHeaders,
  encodeSettings,
  encodeWindowUpdate,
  FRAME_HEADER_BYTES,
  frameFlag,
  frameType,
  STREAM_ID_OFFSET,
  setting,
} from "./frames.ts";

const MAX_WINDOW_BYTES = 2 ** 31 - 1;
/** What both sides may send on a connection before the first WINDOW_UPDATE, by RFC 9113. */
const INITIAL_WINDOW_BYTES = 65_535;

/** The one call that a connection repeats. */
export interface RepeatedCall {
  readonly path: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly message: Buffer;
}

/** What became of a call: a unary call that gRPC refuses has no response message. */
export type OnAnswer = (answer: { readonly isOk: boolean; readonly tookMs: number }) => void;

interface Running {
  readonly startedAtMs: number;
  hasMessage: boolean;
}

/**
 * A gRPC client that makes one unary call over and over on one HTTP/2 connection. It counts the answers
 * and doesn't decode them. What is started while one chunk is read leaves in one write.
 */
export class LoadConnection implements Disposable {
  readonly #socket: Socket;
  readonly #request: Buffer;
  readonly #dataOffset: number;
  readonly #dataBytes: number;
  readonly #onAnswer: OnAnswer;
  readonly #running = new Map<number, Running>();
  /** Rejects when the connection fails; it does not end in another way. */
  readonly failed: Promise<never>;
  readonly #fail: (error: Error) => void;
  #outgoing: Buffer[] = [];
  #unread: Buffer = Buffer.alloc(0);
  #nextStreamId = 1;
  #sendWindowBytes = INITIAL_WINDOW_BYTES;
  #waitingForWindow = 0;
  /** Of DATA, since the last WINDOW_UPDATE. */
  #receivedBytes = 0;

  private constructor(socket: Socket, call: RepeatedCall, onAnswer: OnAnswer) {
    this.#socket = socket;
    this.#onAnswer = onAnswer;
    const headers = encodeFrame({
      type: frameType.headers,
      flags: frameFlag.endHeaders,
      streamId: 0,
      payload: encodeHeaders([
        [":method", "POST"],
        [":scheme", "http"],
        [":path", call.path],
        [":authority", "localhost"],
        ["te", "trailers"],
        ["content-type", "application/grpc"],
        ["user-agent", "confab-bench"],
        ...Object.entries(call.metadata),
      ]),
    });
    const body = encodeGrpcMessage(call.message);
    const data = encodeFrame({
      type: frameType.data,
      flags: frameFlag.endStream,
      streamId: 0,
      payload: body,
    });
    this.#request = Buffer.concat([headers, data]);
    this.#dataOffset = headers.length;
    this.#dataBytes = body.length;
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => {});
    this.failed = failed.promise;
    this.#fail = failed.reject;
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("the server closed the connection")));
  }

  static async open(port: number, call: RepeatedCall, onAnswer: OnAnswer): Promise<LoadConnection> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    const connection = new LoadConnection(socket, call, onAnswer);
    socket.write(
      Buffer.concat([
        CONNECTION_PREFACE,
        encodeSettings([
          [setting.enablePush, 0],
          [setting.initialWindowSize, MAX_WINDOW_BYTES],
        ]),
        encodeWindowUpdate(MAX_WINDOW_BYTES - INITIAL_WINDOW_BYTES),
      ]),
    );
    return connection;
  }

  /** Starts one call; it leaves with the next `flush`, or once the server's window has room for it. */
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
    this.#outgoing.push(request);
  }

  flush(): void {
    if (this.#outgoing.length === 0) return;
    this.#socket.write(Buffer.concat(this.#outgoing));
    this.#outgoing = [];
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    const bytes = this.#unread.length > 0 ? Buffer.concat([this.#unread, chunk]) : chunk;
    let offset = 0;
    while (bytes.length - offset >= FRAME_HEADER_BYTES) {
      const end = offset + FRAME_HEADER_BYTES + bytes.readUIntBE(offset, 3);
      if (bytes.length < end) break;
      this.#handle(bytes, offset, end);
      offset = end;
    }
    this.#unread = bytes.subarray(offset);
    if (this.#receivedBytes > MAX_WINDOW_BYTES / 2) {
      this.#outgoing.push(encodeWindowUpdate(this.#receivedBytes));
      this.#receivedBytes = 0;
    }
    this.flush();
  }

  #handle(bytes: Buffer, offset: number, end: number): void {
    const type = bytes[offset + 3];
    const flags = bytes[offset + 4] ?? 0;
    const streamId = bytes.readUInt32BE(offset + STREAM_ID_OFFSET);
    const payloadOffset = offset + FRAME_HEADER_BYTES;
    switch (type) {
      case frameType.data: {
        this.#receivedBytes += end - payloadOffset;
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
      case frameType.settings:
      case frameType.ping: {
        if (flags & frameFlag.ack) return;
        const payload = type === frameType.ping ? bytes.subarray(payloadOffset, end) : Buffer.alloc(0);
        this.#outgoing.push(encodeFrame({ type, flags: frameFlag.ack, streamId: 0, payload }));
        return;
      }
      case frameType.windowUpdate:
        if (streamId === 0) this.#widen(bytes.readUInt32BE(payloadOffset));
        return;
      case frameType.goAway:
        this.#fail(new Error("the server sent GOAWAY"));
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
