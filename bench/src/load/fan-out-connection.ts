import { connect, type Socket } from "node:net";
import { INITIAL_WINDOW_BYTES, MAX_WINDOW_BYTES } from "./connection.ts";
import type { InputStep } from "./fan-out-input.ts";
import {
  encodeFrame,
  encodeWindowUpdate,
  FRAME_HEADER_BYTES,
  frameFlag,
  frameType,
  readSettings,
  STREAM_ID_OFFSET,
  setting,
} from "./frames.ts";

const NUMBER_DIGITS = 12;
const DIGIT_ZERO = 0x30;

export interface FanOutConnectionOptions {
  readonly port: number;
  readonly isHttp2: boolean;
  readonly steps: readonly InputStep[];
  /** The byte before a number. */
  readonly mark: string;
  readonly onReady: () => void;
  readonly onNumber: (number: number) => void;
}

/**
 * A connection that first takes its opening steps, then looks for numbers in the incoming bytes. It does not know the
 * protocol.
 */
export class FanOutConnection {
  readonly #socket: Socket;
  readonly #options: FanOutConnectionOptions;
  readonly #mark: number;
  receivedBytes = 0;
  /** Numbered messages that arrived before the connection was open. */
  openingMessages = 0;
  #step = 0;
  #unread: Buffer = Buffer.alloc(0);
  /** Bytes since the last step; once the connection is open, the start of an incomplete marker. */
  #kept: Buffer = Buffer.alloc(0);
  #unacknowledgedBytes = 0;
  #connectionWindowBytes = INITIAL_WINDOW_BYTES;
  #streamWindowBytes = INITIAL_WINDOW_BYTES;
  #initialWindowBytes = INITIAL_WINDOW_BYTES;

  constructor(options: FanOutConnectionOptions) {
    const { port, isHttp2, mark } = options;
    this.#options = options;
    this.#mark = mark.charCodeAt(0);
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.on("connect", () => this.#takeStep());
    this.#socket.on("data", (chunk: Buffer) => {
      this.receivedBytes += chunk.length;
      if (isHttp2) this.#readFrames(chunk);
      else this.#take(chunk);
    });
    this.#socket.on("close", () => {
      throw new Error("the server closed a connection");
    });
  }

  /** The bytes that the server accepts now. */
  get windowBytes(): number {
    return Math.min(this.#connectionWindowBytes, this.#streamWindowBytes);
  }

  write(bytes: Buffer, countedBytes: number): void {
    this.#socket.write(bytes);
    this.#connectionWindowBytes -= countedBytes;
    this.#streamWindowBytes -= countedBytes;
  }

  #takeStep(): void {
    const step = this.#options.steps[this.#step];
    if (step) this.write(step.send, step.countedBytes);
  }

  #take(bytes: Buffer): void {
    const step = this.#options.steps[this.#step];
    const all = this.#kept.length > 0 ? Buffer.concat([this.#kept, bytes]) : bytes;
    if (!step) {
      this.#kept = all.subarray(this.#scan(all, this.#options.onNumber));
      return;
    }
    this.#kept = all;
    if (!all.includes(step.wait)) return;
    this.#kept = Buffer.alloc(0);
    this.#scan(all, () => this.openingMessages++);
    this.#step++;
    if (this.#step < this.#options.steps.length) this.#takeStep();
    else this.#options.onReady();
  }

  /** Reports the numbers found. Returns the offset from which the bytes may hold an incomplete marker. */
  #scan(bytes: Buffer, onNumber: (number: number) => void): number {
    let at = bytes.indexOf(this.#mark);
    while (at >= 0) {
      if (bytes.length - at <= NUMBER_DIGITS) return at;
      const number = readNumber(bytes, at + 1);
      if (number !== null) onNumber(number);
      at = bytes.indexOf(this.#mark, at + (number === null ? 1 : NUMBER_DIGITS + 1));
    }
    return bytes.length;
  }

  #readFrames(chunk: Buffer): void {
    const bytes = this.#unread.length > 0 ? Buffer.concat([this.#unread, chunk]) : chunk;
    let offset = 0;
    while (bytes.length - offset >= FRAME_HEADER_BYTES) {
      const start = offset + FRAME_HEADER_BYTES;
      const end = start + bytes.readUIntBE(offset, 3);
      if (bytes.length < end) break;
      const streamId = bytes.readUInt32BE(offset + STREAM_ID_OFFSET);
      this.#handle(bytes[offset + 3] ?? 0, bytes[offset + 4] ?? 0, streamId, bytes.subarray(start, end));
      offset = end;
    }
    this.#unread = bytes.subarray(offset);
  }

  #handle(type: number, flags: number, streamId: number, payload: Buffer): void {
    switch (type) {
      case frameType.data:
        this.#take(payload);
        this.#widen(payload.length, streamId);
        return;
      case frameType.headers:
        if (flags & frameFlag.endStream) throw new Error("the server ended a stream");
        // A step that waits for any answer is satisfied by these frames.
        this.#take(Buffer.alloc(0));
        return;
      case frameType.rstStream:
      case frameType.goAway:
        throw new Error("the server gave a stream up");
      case frameType.ping:
      case frameType.settings:
        if (!(flags & frameFlag.ack)) this.#acknowledge(type, payload);
        return;
      case frameType.windowUpdate:
        if (streamId === 0) this.#connectionWindowBytes += payload.readUInt32BE(0);
        else this.#streamWindowBytes += payload.readUInt32BE(0);
    }
  }

  #acknowledge(type: number, payload: Buffer): void {
    const isPing = type === frameType.ping;
    if (!isPing) {
      const windowBytes = readSettings(payload).get(setting.initialWindowSize) ?? this.#initialWindowBytes;
      this.#streamWindowBytes += windowBytes - this.#initialWindowBytes;
      this.#initialWindowBytes = windowBytes;
    }
    const answer = isPing ? payload : Buffer.alloc(0);
    this.#socket.write(encodeFrame({ type, flags: frameFlag.ack, streamId: 0, payload: answer }));
  }

  #widen(bytes: number, streamId: number): void {
    this.#unacknowledgedBytes += bytes;
    if (this.#unacknowledgedBytes < MAX_WINDOW_BYTES / 2) return;
    this.#socket.write(encodeWindowUpdate(this.#unacknowledgedBytes));
    this.#socket.write(encodeWindowUpdate(this.#unacknowledgedBytes, streamId));
    this.#unacknowledgedBytes = 0;
  }
}

function readNumber(bytes: Buffer, offset: number): number | null {
  let number = 0;
  for (let index = 0; index < NUMBER_DIGITS; index++) {
    const digit = (bytes[offset + index] ?? 0) - DIGIT_ZERO;
    if (digit < 0 || digit > 9) return null;
    number = number * 10 + digit;
  }
  return number;
}
