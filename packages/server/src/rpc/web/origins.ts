import { ACT_AS_HEADER, TOKEN_HEADER } from "../credential-headers.ts";
import { REQUEST_ID_HEADER } from "./calls/endings.ts";
import { REFRESH_HEADER } from "./calls/refresh-cookie.ts";
import { hostOf, isAddress, isLoopbackName, isOwnPage, nameOfHost } from "./hosts.ts";
import type { WebRequest, WebResponse } from "./listener.ts";
import { send } from "./send.ts";

/** Browsers keep the answer of a preflight for at most two hours. */
const PREFLIGHT_MAX_AGE_S = 7_200;

/** The headers of requests in Connect and gRPC-Web, and ours. */
const ALLOWED_HEADERS = [
  "accept-encoding",
  "content-type",
  "content-encoding",
  "connect-protocol-version",
  "connect-timeout-ms",
  "connect-accept-encoding",
  "connect-content-encoding",
  "grpc-message-type",
  "grpc-timeout",
  "x-grpc-web",
  "x-user-agent",
  TOKEN_HEADER,
  ACT_AS_HEADER,
  REFRESH_HEADER,
];

const preflightHeaders = {
  "access-control-allow-methods": "POST, GET",
  "access-control-allow-headers": ALLOWED_HEADERS.join(", "),
  "access-control-max-age": String(PREFLIGHT_MAX_AGE_S),
};

/** The headers of answers that a page of another origin may read. */
const EXPOSED_HEADERS = [
  "content-encoding",
  "connect-content-encoding",
  "grpc-status",
  "grpc-message",
  "grpc-status-details-bin",
  "grpc-retry-pushback-ms",
  "retry-after",
  REQUEST_ID_HEADER,
].join(", ");

/** Decides which pages may use this server, by their origins: its own, and those that a setting lists. */
export class Origins {
  readonly #origins: ReadonlySet<string>;
  readonly #names: ReadonlySet<string>;

  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins);
    this.#names = new Set(origins.map((origin) => new URL(origin).hostname));
  }

  /**
   * Returns true if a page may have sent the request under a name that is not known. The owner of another site may have
   * pointed that name at this machine (DNS rebinding). An address, or a loopback name, can't be made up that way. A program
   * may use any name: browsers send an `Origin` with every POST.
   */
  isMisnamed(request: WebRequest): boolean {
    if (request.method === "POST" && request.headers.origin === undefined) return false;
    const name = nameOfHost(hostOf(request));
    return !(isAddress(name) || isLoopbackName(name) || this.#names.has(name));
  }

  /** Returns true if a page of another origin has sent the request, and the setting does not list it. */
  isForeign(request: WebRequest): boolean {
    const { origin, "sec-fetch-site": site } = request.headers;
    if (origin !== undefined && this.#origins.has(origin)) return false;
    return (origin !== undefined || site !== undefined) && site !== "none" && !isOwnPage(request);
  }

  /** Lets the page that has asked read the answer, if its origin is listed. */
  setHeaders(request: WebRequest, response: WebResponse): void {
    response.setHeader("vary", "origin");
    const { origin } = request.headers;
    if (origin === undefined || !this.#origins.has(origin)) return;
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("access-control-expose-headers", EXPOSED_HEADERS);
  }

  /** Answers the question of a browser if it may send a request. */
  answerPreflight(request: WebRequest, response: WebResponse): void {
    const { origin } = request.headers;
    const isListed = origin !== undefined && this.#origins.has(origin);
    send(request, response, { code: 204, headers: isListed ? preflightHeaders : {} });
  }
}
