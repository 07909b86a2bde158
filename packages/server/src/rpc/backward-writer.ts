const FIRST_BYTES = 16 * 1024;
const VARINT = 0;
const LENGTH_DELIMITED = 2;
/** Numbers below this are written with shifts, which cost less than divisions. */
const SHIFTABLE = 2 ** 31;
/** Of a larger number the low bits, as many as four bytes hold, are written by themselves. */
const LOW_END = 2 ** 28;
const LOW_BYTES = 4;
const MS_PER_SECOND = 1_000;
const NANOS_PER_MS = 1_000_000;
const SECONDS_FIELD = 1;
const NANOS_FIELD = 2;

/**
 * Writes a protobuf message from its end to its beginning, the last field first
 * (https://protobuf.dev/programming-guides/encoding/). The length of a nested message is known by the time it is
 * written, so each byte is written once, in its place. Used only for the bytes of each sent message; protobuf-es
 * encodes the rest. Fields with their default value are left out, as proto3 requires.
 */
export class BackwardWriter {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  /** The position of the first byte written. */
  #start = FIRST_BYTES;

  /** Begins a new message. */
  reset(): void {
    this.#start = this.#buffer.length;
  }

  /** The number of bytes written. Read it before the fields of a nested message, and pass it to `nest` after them. */
  get length(): number {
    return this.#buffer.length - this.#start;
  }

  /** Returns the message, behind room for a prefix of that many bytes. */
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

  /** Writes a nested message that is already encoded, even an empty one. */
  message(field: number, encoded: Uint8Array): void {
    this.#reserve(encoded.length);
    this.#start -= encoded.length;
    this.#buffer.set(encoded, this.#start);
    this.#tagLength(field, encoded.length);
  }

  bool(field: number, value: boolean): void {
    if (value) this.count(field, 1);
  }

  /** Writes a whole number from 0 to 2^53 - 1. */
  count(field: number, value: number): void {
    if (value === 0) return;
    this.#varint(value);
    this.#varint(field * 8 + VARINT);
  }

  /** Writes milliseconds since 1970 as a google.protobuf.Timestamp. */
  timestamp(field: number, ms: number): void {
    const end = this.length;
    const seconds = Math.floor(ms / MS_PER_SECOND);
    this.count(NANOS_FIELD, (ms - seconds * MS_PER_SECOND) * NANOS_PER_MS);
    this.count(SECONDS_FIELD, seconds);
    this.nest(field, end);
  }

  /** Turns everything written since `length` was `end` into a nested message. */
  nest(field: number, end: number): void {
    this.#tagLength(field, this.length - end);
  }

  #tagLength(field: number, length: number): void {
    this.#varint(length);
    this.#varint(field * 8 + LENGTH_DELIMITED);
  }

  #varint(value: number): void {
    if (value >= SHIFTABLE) {
      this.#largeVarint(value);
      return;
    }
    let size = 1;
    for (let rest = value >>> 7; rest > 0; rest >>>= 7) size++;
    this.#reserve(size);
    this.#start -= size;
    let place = this.#start;
    let rest = value;
    for (; rest >= 0x80; rest >>>= 7) this.#buffer[place++] = (rest & 0x7f) | 0x80;
    this.#buffer[place] = rest;
  }

  #largeVarint(value: number): void {
    this.#varint(Math.floor(value / LOW_END));
    const low = value % LOW_END;
    this.#reserve(LOW_BYTES);
    this.#start -= LOW_BYTES;
    for (let index = 0; index < LOW_BYTES; index++) {
      this.#buffer[this.#start + index] = ((low >>> (7 * index)) & 0x7f) | 0x80;
    }
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
