import { Code, InvalidArgumentError } from "../errors.ts";

/**
 * Returns the absolute address of a server's web port, without a slash at its end. In a page, `/` is the page's own server.
 * @throws InvalidArgumentError `ADDRESS_INVALID`
 */
export function parseServerUrl(url: string): string {
  const pageUrl = globalThis.document?.baseURI;
  const parsed = URL.canParse(url, pageUrl) ? new URL(url, pageUrl) : null;
  const isPlain = parsed && !parsed.username && !parsed.password && !parsed.search && !parsed.hash;
  if (parsed && isPlain && /^https?:$/.test(parsed.protocol)) return parsed.href.replace(/\/+$/, "");
  const message = `"${url}" is no address: give a URL, for example https://chat.example.org, or / for the page's server`;
  throw new InvalidArgumentError({ reason: "ADDRESS_INVALID", code: Code.INVALID_ARGUMENT, message });
}
