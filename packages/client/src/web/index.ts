/** The client in browsers: over `fetch` instead of gRPC. */
import type { Chat } from "../chat.ts";
import { connectOver } from "../connect.ts";
import { realEnvironment } from "../environment.ts";
import type { ConnectOptions, SignIn } from "../options.ts";
import { type SessionCredential, WAYS } from "../sessions/sign-in.ts";
import { thisPage } from "./page.ts";
import { pageSlots } from "./page-slots.ts";
import { TabSession } from "./tab-session.ts";
import { type WebTransportOptions, webTransport } from "./transport.ts";
import { parseServerUrl } from "./url.ts";

/** Options of `connect` in a browser. */
export interface WebConnectOptions extends Omit<ConnectOptions, "tls"> {
  /**
   * Keeps the session in this browser, where the server can set a cookie (over TLS, or on this machine): later, and in other tabs,
   * `connect(url, { session: "cookie" })` continues it. Default: the session ends with the chat's page.
   */
  readonly session?: "cookie" | undefined;
}

/** Continues the session of this browser. */
export type Resumption = { readonly session: "cookie" } & { readonly [Way in keyof SignIn]?: undefined };

/** One way to sign in, or none: `{ session: "cookie" }` alone continues the session of this browser. */
export type WebCredential = SessionCredential | Resumption;

/**
 * Signs in to a server and follows all rooms of the user. Resolves once the rooms are loaded, and reconnects by itself
 * from then on.
 *
 * @param url `https://chat.example.org`; `/` for the server that the page is from
 * @throws UnauthenticatedError for wrong credentials, or if this browser has no session; UnavailableError if the server can't be
 * reached (unless `waitForServer`); InvalidArgumentError `ADDRESS_INVALID`; the signal's reason when it aborts first
 */
export async function connect(url: string, options: WebCredential & WebConnectOptions): Promise<Chat> {
  const serverUrl = parseServerUrl(url);
  const page = thisPage();
  const environment = {
    ...realEnvironment,
    ...(page && { network: page, streamSlots: pageSlots(page, serverUrl) }),
    ...(options.session === "cookie" && { sessionShare: new TabSession(serverUrl) }),
  };
  const transport = webTransport(serverUrl, { session: options.session });
  const credential = isResumption(options) ? { ...options, refreshToken: "" } : options;
  return connectOver(transport, credential, environment);
}

function isResumption(options: WebCredential & WebConnectOptions): options is Resumption & WebConnectOptions {
  return options.session === "cookie" && WAYS.every((way) => options[way] === undefined);
}

export * from "../core.ts";
export { type WebTransportOptions, webTransport };
