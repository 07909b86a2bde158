import type { Http2Server } from "node:http2";
import type { Server } from "@grpc/grpc-js";

/**
 * Returns the HTTP/2 servers that a listening gRPC server has. There is no public way to them.
 *
 * @throws Error when grpc-js no longer has the property that this needs
 */
export function http2ServersOf(server: Server): Iterable<Http2Server> {
  const { http2Servers } = server as unknown as { http2Servers?: ReadonlyMap<Http2Server, unknown> };
  if (!http2Servers?.size) throw new Error("grpc-js keeps its HTTP/2 servers somewhere else now");
  return http2Servers.keys();
}
