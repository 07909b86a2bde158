import type { RoomChange, Signal } from "../domain/changes.ts";

/** Turns something into the bytes of one response of one contract. */
type Encode<Value> = (value: Value) => Buffer;

/** Something on its way to many listeners: encoded once for each contract, however many listen. */
class Live<Value> {
  readonly value: Value;
  readonly #encoded = new Map<Encode<Value>, Buffer>();

  constructor(value: Value) {
    this.value = value;
  }

  encoded(encode: Encode<Value>): Buffer {
    const known = this.#encoded.get(encode);
    if (known) return known;
    const bytes = encode(this.value);
    this.#encoded.set(encode, bytes);
    return bytes;
  }
}

export class LiveChange extends Live<RoomChange> {}

export class LiveSignal extends Live<Signal> {}
