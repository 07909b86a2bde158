const FIRST_BYTES = 16 * 1024;
const VARINT = 0;
const LENGTH_DELIMITED = 2;
const MS_PER_SECOND = 1_000;
const NANOS_PER_MS = 1_000_000;
const SECONDS_FIELD = 1;
const NANOS_FIELD = 2;

/**
 * Writes a protobuf message from its end to its beginning, the last field first: so the length of what is nested is known
 * when it is written, and everything is written once, at its place
 * (https://protobuf.dev/programming-guides/encoding/). For what is encoded for each message that is sent; everything
 * else is encoded by protobuf-es. What has its default value is left out, as proto3 has it.
 */
export class BackwardWriter {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  /** The first byte that has been written. */
  #start = FIRST_BYTES;

  /** Forgets what has been written. */
  reset(): void {
    this.#start = this.#buffer.length;
  }

  /** How many bytes have been written. Where a nested message is to begin, this is to be kept for `nest`. */
  get length(): number {
    return this.#buffer.length - this.#start;
  }

  /** All that has been written, behind so many bytes for a prefix. */
  finish(prefixBytes = 0): Buffer {
    const bytes = Buffer.allocUnsafe(prefixBytes + this.length);
    this.#buffer.copy(bytes, prefixBytes, this.#start);
    return bytes;
  }

  string(field: number, value: string): void {
    if (value === "") return;
    const bytes = Buffer.byteLength(value);
    this.#reserve(bytes);
    this.#start -= bytes;
    this.#buffer.write(value, this.#start, bytes);
    this.#tagLength(field, bytes);
  }

  bytes(field: number, value: Uint8Array): void {
    if (value.length > 0) this.message(field, value);
  }

  /** A nested message that has been encoded already, even an empty one. */
  message(field: number, encoded: Uint8Array): void {
    this.#reserve(encoded.length);
    this.#start -= encoded.length;
    this.#buffer.set(encoded, this.#start);
    this.#tagLength(field, encoded.length);
  }

  bool(field: number, value: boolean): void {
    if (value) this.count(field, 1);
  }

  /** A whole number from 0 to 2^53 - 1. */
  count(field: number, value: number): void {
    if (value === 0) return;
    this.#varint(value);
    this.#varint(field * 8 + VARINT);
  }

  /** A google.protobuf.Timestamp, of milliseconds since 1970. */
  timestamp(field: number, ms: number): void {
    const end = this.length;
    const seconds = Math.floor(ms / MS_PER_SECOND);
    this.count(NANOS_FIELD, (ms - seconds * MS_PER_SECOND) * NANOS_PER_MS);
    this.count(SECONDS_FIELD, seconds);
    this.nest(field, end);
  }

  /** Makes all that has been written since `length` was `end` a nested message. */
  nest(field: number, end: number): void {
    this.#tagLength(field, this.length - end);
  }

  #tagLength(field: number, length: number): void {
    this.#varint(length);
    this.#varint(field * 8 + LENGTH_DELIMITED);
  }

  #varint(value: number): void {
    let size = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
    this.#reserve(size);
    this.#start -= size;
    let place = this.#start;
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#buffer[place++] = (rest % 0x80) | 0x80;
    this.#buffer[place] = rest;
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#start) return;
    const { length } = this;
    const larger = Buffer.allocUnsafe(2 * (length + bytes));
    this.#buffer.copy(larger, larger.length - length, this.#start);
    this.#buffer = larger;
    this.#start = larger.length - length;
  }
}
