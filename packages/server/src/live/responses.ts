/**
 * The prefix of each message of a stream: a byte of flags, 0 because the message is not compressed, and its length in
 * four bytes, big-endian. gRPC defines it at https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests
 * (Length-Prefixed-Message); gRPC-Web and Connect have the same.
 */
export const PREFIX_BYTES = 5;

/**
 * The most bytes that are put together for one write: the transport keeps a copy for each stream until its client takes
 * them, and by default that takes 64 KiB at a time.
 */
const MAX_JOINED_BYTES = 64 * 1024;
/** The most joined writes that are kept for other streams to share: the newest. */
const MAX_SHARED = 8;

/** Puts a message behind its prefix, which makes it a response that the transport takes as it is. */
export function toResponse(message: Uint8Array): Buffer {
  const response = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  response.set(message, PREFIX_BYTES);
  return writePrefix(response);
}

/** Writes the prefix into the bytes that are reserved for it at the start. */
export function writePrefix(response: Buffer): Buffer {
  response[0] = 0;
  response.writeUInt32BE(response.length - PREFIX_BYTES, 1);
  return response;
}

/** Puts responses together for one write. */
type Join = (responses: readonly Buffer[]) => Buffer;

/** Joins them as several responses, one behind the other. */
export const concatResponses: Join = (responses) => Buffer.concat(responses);

/**
 * Merges them into one response. Only for a message of one repeated field: the bytes of two such messages, end to end,
 * are one message with the entries of both.
 */
export const mergeResponses: Join = (responses) => {
  let length = 0;
  for (const response of responses) length += response.length - PREFIX_BYTES;
  const merged = Buffer.allocUnsafe(PREFIX_BYTES + length);
  let end = PREFIX_BYTES;
  for (const response of responses) end += response.copy(merged, end, PREFIX_BYTES);
  return writePrefix(merged);
};

/**
 * Puts together the responses that wait for a stream. When a room is busy, many streams wait for the same responses: the
 * result is shared among them.
 */
export class Joiner {
  readonly #join: Join;
  readonly #shared: { readonly responses: readonly Buffer[]; readonly joined: Buffer }[] = [];
  #nextShared = 0;

  constructor(join: Join) {
    this.#join = join;
  }

  /** Joins the first responses, as many as one write may have: at least one. The list must not change afterwards. */
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

  /** Joins all responses. The list must not change afterwards. */
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
