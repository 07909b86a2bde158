/** The part of a call that comes before its request, the same on every port. */
export interface IncomingCall {
  readonly metadata: CallHeaders;
  /** Returns the other end of the connection: `192.0.2.1:40123`. */
  getPeer(): string;
  /** Returns the time at which the caller gives up; `Infinity` if never. */
  getDeadline(): Date | number;
}

export interface CallHeaders {
  /** Returns all values of a header, by its name in lower case. Each malformed one is empty. */
  get(name: string): readonly (string | Buffer)[];
}

/** The reason of a call that ends because nobody waits for its answer any more. */
export const CLIENT_GONE = new Error("the client has gone");
