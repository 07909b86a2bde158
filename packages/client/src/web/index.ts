/** The client in browsers: over `fetch` instead of gRPC. */
import type { Chat } from "../chat.ts";
import { connectOver } from "../connect.ts";
import type { ConnectOptions, Credential } from "../options.ts";
import { webTransport } from "./transport.ts";

/** Options of `connect` in a browser. */
export type WebConnectOptions = Omit<ConnectOptions, "tls">;

/**
 * Signs in to a server and follows all rooms of the user. Resolves once the rooms are loaded, and reconnects by itself
 * from then on.
 *
 * @param url `https://chat.example.org`; `/` for the server that the page is from
 * @throws UnauthenticatedError for wrong credentials; UnavailableError if the server can't be reached (unless
 * `waitForServer`); InvalidArgumentError `ADDRESS_INVALID`; the signal's reason when it aborts first
 */
export async function connect(url: string, options: Credential & WebConnectOptions): Promise<Chat> {
  return connectOver(webTransport(url), options);
}

export * from "../core.ts";
export { webTransport };
