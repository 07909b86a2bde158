import { once } from "node:events";
import { connect, type Socket } from "node:net";
import {
  CONNECTION_PREFACE,
  encodeFrame,
  encodeSettings,
  encodeWindowUpdate,
  FRAME_HEADER_BYTES,
  type Frame,
  frameFlag,
  frameType,
  STREAM_ID_OFFSET,
  setting,
} from "./frames.ts";

export const MAX_WINDOW_BYTES = 2 ** 31 - 1;
/** The bytes each side may send on a connection or a stream before the first WINDOW_UPDATE, by RFC 9113. */
export const INITIAL_WINDOW_BYTES = 65_535;

/**
 * A client's end of an HTTP/2 connection to this machine, with only the parts that a load needs. Everything written
 * while one chunk is read leaves in one write.
 */
export class Connection implements Disposable {
  readonly #socket: Socket;
  /** Rejects when the connection fails; never resolves. */
  readonly failed: Promise<never>;
  readonly fail: (error: Error) => void;
  #onFrame: (frame: Frame) => void = () => {};
  #outgoing: Buffer[] = [];
  #unread: Buffer = Buffer.alloc(0);
  /** Bytes of DATA since the last WINDOW_UPDATE. */
  #receivedBytes = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => {});
    this.failed = failed.promise;
    this.fail = failed.reject;
    socket.on("error", (error) => this.fail(error));
    socket.on("close", () => this.fail(new Error("the server closed the connection")));
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
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
    return new Connection(socket);
  }

  /** Calls back for each frame from now on. PING and other frames about the connection itself are answered here. */
  listen(onFrame: (frame: Frame) => void): void {
    this.#onFrame = onFrame;
    this.#socket.on("data", (chunk: Buffer) => this.#read(chunk));
  }

  /** Queues bytes until the next `flush`. */
  write(bytes: Buffer): void {
    this.#outgoing.push(bytes);
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
      const payloadOffset = offset + FRAME_HEADER_BYTES;
      const end = payloadOffset + bytes.readUIntBE(offset, 3);
      if (bytes.length < end) break;
      this.#handle({
        type: bytes[offset + 3] ?? 0,
        flags: bytes[offset + 4] ?? 0,
        streamId: bytes.readUInt32BE(offset + STREAM_ID_OFFSET),
        payload: bytes.subarray(payloadOffset, end),
      });
      offset = end;
    }
    this.#unread = bytes.subarray(offset);
    if (this.#receivedBytes > MAX_WINDOW_BYTES / 2) {
      this.write(encodeWindowUpdate(this.#receivedBytes));
      this.#receivedBytes = 0;
    }
    this.flush();
  }

  #handle(frame: Frame): void {
    const { type, flags, payload } = frame;
    switch (type) {
      case frameType.settings:
      case frameType.ping: {
        if (flags & frameFlag.ack) return;
        const answer = type === frameType.ping ? payload : Buffer.alloc(0);
        this.write(encodeFrame({ type, flags: frameFlag.ack, streamId: 0, payload: answer }));
        break;
      }
      case frameType.goAway:
        this.fail(new Error("the server sent GOAWAY"));
        return;
      case frameType.data:
        this.#receivedBytes += payload.length;
    }
    this.#onFrame(frame);
  }
}
