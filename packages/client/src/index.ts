import type { Chat } from "./chat.ts";
import { connectOver } from "./connect.ts";
import { grpcTransport } from "./grpc/transport.ts";
import type { ConnectOptions, Credential } from "./options.ts";

/**
 * Signs in to a server and follows all rooms of the user. Resolves once the rooms are loaded, and reconnects by itself
 * from then on.
 *
 * @param address `localhost:50051`, `[::1]:50051`, `unix:/a/path`
 * @throws UnauthenticatedError for wrong credentials; UnavailableError if the server can't be reached (unless
 * `waitForServer`); InvalidArgumentError `ADDRESS_INVALID`; the signal's reason when it aborts first
 */
export async function connect(address: string, options: Credential & ConnectOptions): Promise<Chat> {
  return connectOver(grpcTransport(address, options.tls), options);
}

export * from "./core.ts";
export { grpcTransport };
