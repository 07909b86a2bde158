import type { Readable } from "node:stream";

/**
 * The requests of a call that streams them, one at a time: the client is held back while one is at work.
 *
 * Not the call's own iterator: that destroys the call when an error ends it, and if an answer is still being
 * written at that moment the status is never sent.
 */
export class Requests<Request> implements AsyncIterableIterator<Request, undefined> {
  readonly #call: Readable;
  readonly #signal: AbortSignal;
  readonly #decode: (bytes: Buffer) => Request;
  #waiter: PromiseWithResolvers<IteratorResult<Request, undefined>> | null = null;
  #hasEnded = false;

  /** @param decode makes a request of its bytes. What it throws is what `next` throws */
  constructor(call: Readable, signal: AbortSignal, decode: (bytes: Buffer) => Request) {
    this.#call = call;
    this.#signal = signal;
    this.#decode = decode;
    const settle = (): void => this.#settle();
    call.on("readable", settle);
    call.once("end", () => {
      this.#hasEnded = true;
      settle();
    });
    signal.addEventListener("abort", settle, { once: true });
  }

  /** The next request; one is asked for at a time. @throws the signal's reason, and what `decode` throws */
  next(): Promise<IteratorResult<Request, undefined>> {
    this.#waiter = Promise.withResolvers();
    const { promise } = this.#waiter;
    this.#settle();
    return promise;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #settle(): void {
    const waiter = this.#waiter;
    if (!waiter) return;
    try {
      this.#signal.throwIfAborted();
      const bytes: Buffer | null = this.#call.read();
      if (bytes !== null) waiter.resolve({ done: false, value: this.#decode(bytes) });
      else if (this.#hasEnded) waiter.resolve({ done: true, value: undefined });
      else return;
    } catch (error) {
      waiter.reject(error);
    }
    this.#waiter = null;
  }
}
