import type { Message } from "../domain/messages.ts";

/** Turns a message into the bytes of one response of one contract. */
export type Encode = (message: Message) => Buffer;

/** A message on its way to many listeners: encoded once for each contract, however many listen. */
export class LiveEvent {
  readonly message: Message;
  readonly #encoded = new Map<Encode, Buffer>();

  constructor(message: Message) {
    this.message = message;
  }

  encoded(encode: Encode): Buffer {
    const known = this.#encoded.get(encode);
    if (known) return known;
    const bytes = encode(this.message);
    this.#encoded.set(encode, bytes);
    return bytes;
  }
}
