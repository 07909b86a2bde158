import type { Chat } from "./chat.ts";
import { connectOver } from "./connect.ts";
import { grpcTransport } from "./grpc/transport.ts";
import type { ConnectOptions, Credential } from "./options.ts";

/**
 * Signs in to a server and follows all rooms that one is in. Resolves when what is there has come, and from then on
 * keeps itself connected.
 *
 * @param address `localhost:50051`, `[::1]:50051`, `unix:/a/path`
 * @throws UnauthenticatedError for wrong credentials, UnavailableError where the server can't be reached (unless
 * `waitForServer`), InvalidArgumentError `ADDRESS_INVALID`, the signal's reason when it aborts before
 */
export async function connect(address: string, options: Credential & ConnectOptions): Promise<Chat> {
  return connectOver(grpcTransport(address, options.tls), options);
}

export * from "./core.ts";
export { grpcTransport };
