import type { CallStatus } from "../../errors.ts";
import { REQUEST_ID_HEADER, toConnectError, toEnding, toHttpStatus } from "./endings.ts";
import type { Exchange } from "./exchange.ts";
import type { Format } from "./formats.ts";

/** Answers a call that has failed before anything was sent. */
export function fail(exchange: Exchange, failed: CallStatus): void {
  const { format } = exchange;
  if (format.protocol !== "connect") {
    exchange.respond(200, { "content-type": format.contentType }, toText(format, toEnding(format, failed)));
    return;
  }
  const { requestId, retryAfterMs } = failed;
  const headers = {
    "content-type": "application/json",
    [REQUEST_ID_HEADER]: requestId,
    ...(retryAfterMs === undefined ? {} : { "retry-after": String(Math.ceil(retryAfterMs / 1_000)) }),
  };
  exchange.respond(toHttpStatus(failed), headers, JSON.stringify(toConnectError(failed)));
}

/** Returns the bytes as a format sends them: in base64 if it is text. */
export function toText({ isText }: Format, bytes: Buffer): Buffer {
  return isText ? Buffer.from(bytes.toString("base64")) : bytes;
}
