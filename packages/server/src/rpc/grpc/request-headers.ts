import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Server } from "@grpc/grpc-js";
import { FORWARDED_HEADER } from "../address.ts";
import { ACT_AS_HEADER, TOKEN_HEADER } from "../credential-headers.ts";
import { http2ServersOf } from "./http2-servers.ts";

/** The most bytes of a call's headers, as HTTP/2 counts them: names, values, and 32 for each header. */
const MAX_HEADER_BYTES = 16 * 1024;

const GRPC = /^application\/grpc(?:$|[+;])/;
const PRINTABLE = /^[ -~]+$/;
const TIMEOUT = /(\d+)\s*([HMS])/;
const UNIT_SECONDS: Readonly<Record<string, number>> = { H: 3_600, M: 60, S: 1 };
/** 24 days: grpc-js counts a timeout's milliseconds in 32 bits, and so do timers. */
const MAX_TIMEOUT_S = 24 * 24 * 3_600;

/**
 * Limits the headers of each call, and corrects them before grpc-js reads them.
 *
 * @throws Error when grpc-js no longer has the property that this needs
 */
export function guardRequestHeaders(server: Server): void {
  for (const http2Server of http2ServersOf(server)) {
    http2Server.updateSettings({ maxHeaderListSize: MAX_HEADER_BYTES });
    http2Server.prependListener("stream", correctHeaders);
  }
}

function correctHeaders(
  _stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  _flags: number,
  rawHeaders: readonly string[],
): void {
  blankMalformed(TOKEN_HEADER, headers, rawHeaders);
  blankMalformed(ACT_AS_HEADER, headers, rawHeaders);
  joinForwarded(headers, rawHeaders);
  // grpc-js takes everything that begins like its own type, and refuses the rest with 415.
  if (!GRPC.test(headers["content-type"] ?? "")) headers["content-type"] = "";
  clampTimeout(headers);
}

/**
 * Empties a header that came more than once, or whose value is not printable ASCII, so that the gate refuses it.
 * Otherwise grpc-js would drop such a value, and the call would go on without it. Of several values the HTTP/2 servers
 * of Node and Bun keep only the first; a proxy in front of this server may have checked another one.
 */
function blankMalformed(name: string, headers: IncomingHttpHeaders, rawHeaders: readonly string[]): void {
  const values = valuesOf(name, rawHeaders);
  if (values.length > 1 || values.some((value) => !PRINTABLE.test(value))) headers[name] = "";
}

/** Some proxies append a header of their own, and the runtimes keep the first one: the caller could have written it. */
function joinForwarded(headers: IncomingHttpHeaders, rawHeaders: readonly string[]): void {
  if (headers[FORWARDED_HEADER] === undefined) return;
  headers[FORWARDED_HEADER] = valuesOf(FORWARDED_HEADER, rawHeaders).join(",");
}

function valuesOf(name: string, rawHeaders: readonly string[]): readonly string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1] === name);
}

function clampTimeout(headers: IncomingHttpHeaders): void {
  const [, count = "", unit = ""] = TIMEOUT.exec(String(headers["grpc-timeout"] ?? "")) ?? [];
  if (Number(count) * (UNIT_SECONDS[unit] ?? 0) > MAX_TIMEOUT_S)
    headers["grpc-timeout"] = `${MAX_TIMEOUT_S}S`;
}
