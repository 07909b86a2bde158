import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";

interface Headed {
  readonly headers: IncomingHttpHeaders;
}

/** Returns the host that a request was sent to, as the client wrote it: `localhost:8080`. */
export function hostOf({ headers }: Headed): string {
  const { ":authority": authority, host } = headers;
  return typeof authority === "string" ? authority : (host ?? "");
}

/** Returns the name or address of a `Host` header, in lower case, without its port; empty for what is no host. */
export function nameOfHost(host: string): string {
  return URL.parse(`http://${host}`)?.hostname ?? "";
}

export function isLoopbackName(name: string): boolean {
  return (
    name === "localhost" || name.endsWith(".localhost") || name === "[::1]" || /^127\.[\d.]+$/.test(name)
  );
}

export function isAddress(name: string): boolean {
  return isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0;
}

/**
 * Returns true if a page of this server has sent the request. A proxy may have changed the host, so that the browser's
 * own word counts first; browsers give it with TLS and on localhost.
 */
export function isOwnPage(request: Headed): boolean {
  const { origin, "sec-fetch-site": site } = request.headers;
  if (site !== undefined) return site === "same-origin";
  return origin !== undefined && URL.parse(origin)?.host === hostOf(request);
}
