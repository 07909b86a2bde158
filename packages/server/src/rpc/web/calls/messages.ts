import {
  create,
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  type Message,
  type MessageInitShape,
  toJson,
} from "@bufbuild/protobuf";
import { ChatError } from "../../../domain/errors.ts";
import { PREFIX_BYTES, toResponse } from "../../../live/responses.ts";
import type { BoundMethod } from "../../binding.ts";
import { decodeFirst } from "../../binding.ts";
import { encode, malformed } from "../../codec.ts";

/** Other fields than those of the contract are ignored in JSON, as in protobuf: a client may be newer than the server. */
const reading = { ignoreUnknownFields: true };
/** The only place where protobuf-es names the wrong field: its message, which also has the value. */
const WRONG_FIELD = /cannot decode field ([\w.]+)\.(\w+) from JSON/;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Reads a request. @throws ChatError REQUEST_MALFORMED, REQUEST_TOO_LARGE */
export function readRequest(bound: BoundMethod, bytes: Uint8Array, isJson: boolean): object {
  return isJson ? readJson(bound.method.input, bytes) : decodeFirst(bound, bytes);
}

function readJson(schema: DescMessage, bytes: Uint8Array): Message {
  let json: JsonValue;
  try {
    json = JSON.parse(utf8.decode(bytes)) as JsonValue;
  } catch (cause) {
    throw new ChatError("REQUEST_MALFORMED", "the request is not JSON in UTF-8", { cause });
  }
  try {
    return fromJson(schema, json, reading);
  } catch (cause) {
    const [, type, field] = WRONG_FIELD.exec(String(cause)) ?? [];
    if (field === undefined) throw malformed(schema, cause);
    const message = `the request is not a well-formed ${schema.typeName}: ${field} of ${type} can't be read`;
    throw new ChatError("REQUEST_MALFORMED", message, { field, cause });
  }
}

/** Encodes an answer. */
export function writeAnswer(
  schema: DescMessage,
  init: MessageInitShape<DescMessage>,
  isJson: boolean,
): Buffer {
  return isJson ? Buffer.from(JSON.stringify(toJson(schema, create(schema, init)))) : encode(schema, init);
}

const jsonOf = new WeakMap<Buffer, Buffer>();

/** Returns the responses of a stream with their messages in JSON. Streams that get the same responses share them. */
export function toJsonResponses(schema: DescMessage, responses: Buffer): Buffer {
  const known = jsonOf.get(responses);
  if (known) return known;
  const parts: Buffer[] = [];
  for (let at = 0; at < responses.length; ) {
    const start = at + PREFIX_BYTES;
    at = start + responses.readUInt32BE(at + 1);
    const message = fromBinary(schema, responses.subarray(start, at));
    parts.push(toResponse(Buffer.from(JSON.stringify(toJson(schema, message)))));
  }
  const converted = Buffer.concat(parts);
  jsonOf.set(responses, converted);
  return converted;
}
