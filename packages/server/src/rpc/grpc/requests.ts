import type { Readable } from "node:stream";

/**
 * The requests of a call that streams them, one at a time: the client must wait while one is handled.
 *
 * The call's own iterator would destroy the call when an error ends it, and the status would never be sent if an answer
 * was being written at that moment.
 */
export class Requests<Request> implements AsyncIterableIterator<Request, undefined> {
  readonly #call: Readable;
  readonly #signal: AbortSignal;
  readonly #decode: (bytes: Buffer) => Request | Promise<Request>;
  #waiter: PromiseWithResolvers<IteratorResult<Request, undefined>> | null = null;
  #hasEnded = false;

  /** @param decode decodes a request; `next` throws its errors */
  constructor(call: Readable, signal: AbortSignal, decode: (bytes: Buffer) => Request | Promise<Request>) {
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

  /** Waits for the next request. One call at a time. @throws the signal's reason, and the errors of `decode` */
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
      if (bytes !== null) waiter.resolve(toResult(this.#decode(bytes)));
      else if (this.#hasEnded) waiter.resolve({ done: true, value: undefined });
      else return;
    } catch (error) {
      waiter.reject(error);
    }
    this.#waiter = null;
  }
}

function toResult<Request>(
  decoded: Request | Promise<Request>,
): IteratorYieldResult<Request> | Promise<IteratorYieldResult<Request>> {
  return decoded instanceof Promise
    ? decoded.then((value) => ({ done: false, value }))
    : { done: false, value: decoded };
}
