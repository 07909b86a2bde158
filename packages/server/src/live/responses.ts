/**
 * What precedes each message of a stream: a byte of flags, 0 because it is not compressed, and the message's length in
 * four bytes, big-endian. gRPC's is at https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests
 * (Length-Prefixed-Message); gRPC-Web and Connect have the same.
 */
export const PREFIX_BYTES = 5;

/** The most bytes that are put together for one write. */
const MAX_JOINED_BYTES = 256 * 1024;
/** How many of the newest joined writes are kept, so that streams at the same place share them. */
const MAX_SHARED = 8;

/** A message as a response that the transport takes as it is: behind its prefix. */
export function toResponse(message: Uint8Array): Buffer {
  const response = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  response.set(message, PREFIX_BYTES);
  return writePrefix(response);
}

/** Makes a response of a message for whose prefix there is room before it. */
export function writePrefix(response: Buffer): Buffer {
  response[0] = 0;
  response.writeUInt32BE(response.length - PREFIX_BYTES, 1);
  return response;
}

/** Puts responses together for one write. */
export type Join = (responses: readonly Buffer[]) => Buffer;

/** One behind the other: several responses. */
export const concatResponses: Join = (responses) => Buffer.concat(responses);

/** As one response. Only for a message of one repeated field: the bytes of two, end to end, are one with both. */
export const mergeResponses: Join = (responses) => {
  let length = 0;
  for (const response of responses) length += response.length - PREFIX_BYTES;
  const merged = Buffer.allocUnsafe(PREFIX_BYTES + length);
  let end = PREFIX_BYTES;
  for (const response of responses) end += response.copy(merged, end, PREFIX_BYTES);
  return writePrefix(merged);
};

/**
 * Puts together what waits for a stream. Where one room is busy, the same responses wait for many streams at once: those
 * are put together for all of them.
 */
export class Joiner {
  readonly #join: Join;
  readonly #shared: { readonly responses: readonly Buffer[]; readonly joined: Buffer }[] = [];
  #nextShared = 0;

  constructor(join: Join) {
    this.#join = join;
  }

  /** The first of the responses, as many as one write may have: at least one. The list must not be changed afterwards. */
  joinFirst(responses: readonly Buffer[]): { readonly count: number; readonly joined: Buffer } {
    let count = 0;
    let bytes = 0;
    for (const response of responses) {
      bytes += response.length;
      if (count > 0 && bytes > MAX_JOINED_BYTES) break;
      count++;
    }
    return {
      count,
      joined: this.joinAll(count === responses.length ? responses : responses.slice(0, count)),
    };
  }

  /** All of them. The list must not be changed afterwards. */
  joinAll(responses: readonly Buffer[]): Buffer {
    const [first] = responses;
    if (first && responses.length === 1) return first;
    const shared = this.#shared.find((known) => areSame(known.responses, responses));
    if (shared) return shared.joined;
    const joined = this.#join(responses);
    this.#shared[this.#nextShared] = { responses, joined };
    this.#nextShared = (this.#nextShared + 1) % MAX_SHARED;
    return joined;
  }
}

function areSame(some: readonly Buffer[], others: readonly Buffer[]): boolean {
  if (some.length !== others.length || some[0] !== others[0]) return false;
  for (let index = some.length - 1; index > 0; index--) if (some[index] !== others[index]) return false;
  return true;
}
