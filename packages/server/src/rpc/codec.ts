import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { ChatError } from "../domain/errors.ts";

/** The largest request, in bytes of protobuf. */
export const MAX_REQUEST_BYTES = 64 * 1024;

/** Refuses a request for its size. */
export class RequestTooLarge extends ChatError {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array, maxBytes: number) {
    super("REQUEST_TOO_LARGE", `the request has ${bytes.length} bytes; at most ${maxBytes} are allowed`);
    this.bytes = bytes;
  }
}

/** @throws RequestTooLarge; ChatError REQUEST_MALFORMED */
export function decode<Desc extends DescMessage>(
  schema: Desc,
  bytes: Uint8Array,
  maxBytes = MAX_REQUEST_BYTES,
): MessageShape<Desc> {
  if (bytes.length > maxBytes) throw new RequestTooLarge(bytes, maxBytes);
  try {
    return fromBinary(schema, bytes);
  } catch (cause) {
    throw malformed(schema, cause);
  }
}

/** Refuses bytes that are no message of this type. */
export function malformed({ typeName }: DescMessage, cause: unknown): ChatError {
  return new ChatError("REQUEST_MALFORMED", `the request is not a well-formed ${typeName}`, { cause });
}

/** Encodes a message as the transport takes it. */
export function encode<Desc extends DescMessage>(schema: Desc, init: MessageInitShape<Desc>): Buffer {
  const bytes = toBinary(schema, create(schema, init));
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
