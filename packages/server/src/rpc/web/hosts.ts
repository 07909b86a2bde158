import { isIP } from "node:net";
import type { WebRequest } from "./listener.ts";

/** Returns the host that a request was sent to, as the client wrote it: `localhost:8080`. */
export function hostOf({ headers }: WebRequest): string {
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
