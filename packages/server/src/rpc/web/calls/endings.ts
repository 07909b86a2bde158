import { type DescMessage, type Message, toBinary, toJson } from "@bufbuild/protobuf";
import type { status } from "@grpc/grpc-js";
import { PREFIX_BYTES } from "../../../live/responses.ts";
import { type CallStatus, encodeStatus } from "../../errors.ts";
import type { Format } from "./formats.ts";

/** The flag of the envelope that ends a stream. */
const CONNECT_END_FLAG = 0x02;
const GRPC_WEB_TRAILERS_FLAG = 0x80;

/** The headers or trailers of a failed call: its name in the server's log, and when to try again. */
export const REQUEST_ID_HEADER = "x-request-id";
const PUSHBACK_HEADER = "grpc-retry-pushback-ms";

/** The names and the HTTP status of the codes: https://connectrpc.com/docs/protocol/#error-codes */
const connectCodes = [
  ["ok", 200],
  ["canceled", 499],
  ["unknown", 500],
  ["invalid_argument", 400],
  ["deadline_exceeded", 504],
  ["not_found", 404],
  ["already_exists", 409],
  ["permission_denied", 403],
  ["resource_exhausted", 429],
  ["failed_precondition", 400],
  ["aborted", 409],
  ["out_of_range", 400],
  ["unimplemented", 501],
  ["internal", 500],
  ["unavailable", 503],
  ["data_loss", 500],
  ["unauthenticated", 401],
] as const satisfies Record<status, readonly [name: string, httpStatus: number]>;

export function toHttpStatus({ code }: CallStatus): number {
  return connectCodes[code][1];
}

/** Makes the error of the Connect protocol. `debug` is the detail in a form that people and curl can read. */
export function toConnectError({ code, message, details }: CallStatus): object {
  return {
    code: connectCodes[code][0],
    message,
    details: details.map(({ desc, value }) => toConnectDetail(desc, value)),
  };
}

function toConnectDetail(desc: DescMessage, value: Message): object {
  const encoded = Buffer.from(toBinary(desc, value)).toString("base64").replaceAll("=", "");
  return { type: desc.typeName, value: encoded, debug: toJson(desc, value) };
}

/** Makes the envelope that ends a stream, or a unary call of gRPC-Web. @param failed null if it has not failed */
export function toEnding({ protocol }: Format, failed: CallStatus | null): Buffer {
  return protocol === "grpc-web"
    ? envelope(GRPC_WEB_TRAILERS_FLAG, toTrailers(failed))
    : envelope(CONNECT_END_FLAG, JSON.stringify(toEndOfStream(failed)));
}

function toEndOfStream(failed: CallStatus | null): object {
  if (!failed) return {};
  return { error: toConnectError(failed), metadata: { [REQUEST_ID_HEADER]: [failed.requestId] } };
}

function toTrailers(failed: CallStatus | null): string {
  if (!failed) return "grpc-status: 0\r\n";
  const { code, message, requestId, retryAfterMs } = failed;
  const trailers = [
    `grpc-status: ${code}`,
    `grpc-message: ${encodeURIComponent(message.toWellFormed())}`,
    `grpc-status-details-bin: ${encodeStatus(failed).toString("base64").replaceAll("=", "")}`,
    `${REQUEST_ID_HEADER}: ${requestId}`,
  ];
  if (retryAfterMs !== undefined) trailers.push(`${PUSHBACK_HEADER}: ${Math.ceil(retryAfterMs)}`);
  return `${trailers.join("\r\n")}\r\n`;
}

function envelope(flag: number, text: string): Buffer {
  const bytes = Buffer.allocUnsafe(PREFIX_BYTES + Buffer.byteLength(text));
  bytes[0] = flag;
  bytes.writeUInt32BE(bytes.length - PREFIX_BYTES, 1);
  bytes.write(text, PREFIX_BYTES);
  return bytes;
}
