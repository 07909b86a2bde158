import type { Http2Server, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import type { Server } from "@grpc/grpc-js";

const TOKEN_HEADER = "authorization";

/**
 * Joins the values of an `authorization` header that was sent more than once, which makes it no token. Of such
 * headers HTTP/2 servers of Node and Bun hand on the first and drop the others: a proxy before this server may
 * have judged by another one than the server does.
 *
 * @throws Error when the library no longer has what this reaches for
 */
export function joinRepeatedTokens(server: Server): void {
  // There is no public way to the HTTP/2 servers of grpc-js.
  const { http2Servers } = server as unknown as { http2Servers?: ReadonlyMap<Http2Server, unknown> };
  if (!http2Servers?.size) throw new Error("grpc-js keeps its HTTP/2 servers somewhere else now");
  for (const http2Server of http2Servers.keys()) http2Server.prependListener("stream", joinTokens);
}

function joinTokens(
  _stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  _flags: number,
  rawHeaders: readonly string[],
): void {
  const tokens = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1] === TOKEN_HEADER);
  if (tokens.length > 1) headers[TOKEN_HEADER] = tokens.join(", ");
}
